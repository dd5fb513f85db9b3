set -eu
aws bedrock-agent prepare-flow --flow-identifier "$FLOW" >/dev/null
while :; do
  status=$(aws bedrock-agent get-flow --flow-identifier "$FLOW" --query status --output text)
  case $status in
    Prepared) exit 0 ;;
    Preparing) sleep 0.1 ;;
    *)
      aws bedrock-agent get-flow --flow-identifier "$FLOW" --query 'validations[].message' --output text >&2
      exit 1
      ;;
  esac
done
