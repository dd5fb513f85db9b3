import json


def __func__(figures):
    """Mark invoices whose total is not net plus tax, to the cent."""
    invoice = json.loads(figures)
    difference = round(invoice["net"] + invoice["tax"] - invoice["total"], 2)
    return {**invoice, "consistent": difference == 0}


__func__(figures)
