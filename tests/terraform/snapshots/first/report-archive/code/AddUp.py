import csv
import io


def __func__(report, currency):
    """Add the amounts of a CSV report up by account; one line an account, largest first."""
    totals = {}
    for row in csv.DictReader(io.StringIO(report)):
        totals[row["account"]] = totals.get(row["account"], 0) + float(row["amount"])
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join(f"{account}: {amount:.2f} {currency}" for account, amount in ranked)


__func__(report, currency)
