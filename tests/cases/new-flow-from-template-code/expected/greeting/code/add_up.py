def __func__(lines, currency):
    """Return the order's total, to the cent, and the number of pieces."""
    total = sum(line["price"] * line["count"] for line in lines)
    pieces = sum(line["count"] for line in lines)
    return {"total": round(total, 2), "currency": currency, "pieces": pieces}


__func__(lines, currency)
