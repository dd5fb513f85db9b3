most = 100

"accepted" if len(text.split()) <= most else "too long"
