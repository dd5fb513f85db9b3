def handler(text):
    return text.upper()

handler(text)
