longest = 300

"short" if len(text) <= longest else "long"
