#!/usr/bin/env bash
# A signed request to Sluice with curl and openssl alone, and the check of the bus's signed answer.
#
#   first-request.sh FOLDER CLIENT SERVICE JSON [HEADER...]
#
# FOLDER holds key.pem and certificate.pem (RSA, P-256 or Ed25519). BUS and BUS_CERTIFICATE say where
# the bus is and whose signature its answers carry. ASSERT says who the user is, in mode user, such as
# {"fin":"0TEST01"}: CLIENT asserts it with the same key. METHOD is POST, or another verb; SERVICE may be followed
# by a path. Without JSON ('') there is no body, and so no digest.
set -euo pipefail

folder=$1 client=$2 service=$3 body=$4 method=${METHOD:-POST}
shift 4
bus=${BUS:-http://127.0.0.1:8080}
bus_certificate=${BUS_CERTIFICATE:-var/demo/bus-certificate.pem}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# base64url without padding of the SHA-256 of a certificate: its name in signatures.
thumbprint() {
  openssl x509 -in "$1" -outform DER | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# Hexadecimal to bytes.
bytes_of() { printf '%b' "$(printf '%s' "$1" | sed 's/../\\x&/g')"; }

# ---- 1. What is sent -------------------------------------------------------------------------------
url="$bus/r1/$service"
id=$(openssl rand -hex 16)
printf '%s' "$body" > "$work/body"
digest="sha-256=:$(openssl dgst -sha256 -binary "$work/body" | openssl base64 -A):"
headers=("X-Road-Client: $client" "X-Road-Id: $id" "$@")
content=()
if [ -n "$body" ]; then
  headers+=('Content-Type: application/json')
  content=(-H "Content-Digest: $digest" --data-binary "@$work/body")
fi
if [ -n "${ASSERT:-}" ]; then
  assertion=$(bash "$(dirname "$0")/user-assertion.sh" "$folder" "$client" "$service" "$id" "$ASSERT")
  headers+=("Sluice-Assertion: $assertion")
fi

# ---- 2. The signature base (RFC 9421 section 2.5): a line for each covered part --------------------
key_type=$(openssl pkey -in "$folder/key.pem" -noout -text 2>/dev/null | head -n 1)
case $key_type in
  *ED25519*) algorithm=ed25519 ;;
  *"2048 bit"* | *"3072 bit"* | *"4096 bit"*) algorithm=rsa-v1_5-sha256 ;;
  *"256 bit"*) algorithm=ecdsa-p256-sha256 ;;
  *) echo "unknown key type: $key_type" >&2; exit 2 ;;
esac

base="\"@method\": $method
\"@target-uri\": $url"
covered='"@method" "@target-uri"'
if [ -n "$body" ]; then
  base="$base
\"content-digest\": $digest"
  covered="$covered \"content-digest\""
fi
for header in "${headers[@]}"; do
  name=$(printf '%s' "${header%%:*}" | tr '[:upper:]' '[:lower:]')
  base="$base
\"$name\": ${header#*: }"
  covered="$covered \"$name\""
done
parameters="($covered);created=$(date +%s);keyid=\"$(thumbprint "$folder/certificate.pem")\";alg=\"$algorithm\""
printf '%s\n"@signature-params": %s' "$base" "$parameters" > "$work/base"

# ---- 3. The signature ------------------------------------------------------------------------------
case $algorithm in
  ed25519)
    case $(openssl pkeyutl -help 2>&1) in
      *-rawin*) ;;
      *) echo "Ed25519 needs OpenSSL 3.0 or newer; this is $(openssl version)" >&2; exit 2 ;;
    esac
    openssl pkeyutl -sign -inkey "$folder/key.pem" -rawin -in "$work/base" -out "$work/signature"
    ;;
  *) openssl dgst -sha256 -sign "$folder/key.pem" -out "$work/signature" "$work/base" ;;
esac
if [ "$algorithm" = ecdsa-p256-sha256 ]; then
  # openssl writes ECDSA signatures in DER; HTTP signatures hold r and s, 32 bytes each.
  openssl asn1parse -inform DER -in "$work/signature" | sed -n 's/.*INTEGER *://p' |
    while read -r number; do bytes_of "$(printf '%64s' "$number" | tr ' ' '0')"; done > "$work/raw"
  mv "$work/raw" "$work/signature"
fi
signature=$(openssl base64 -A -in "$work/signature")

# ---- 4. Send ---------------------------------------------------------------------------------------
arguments=()
for header in "${headers[@]}"; do arguments+=(-H "$header"); done
status=$(curl -sS -o "$work/answer" -D "$work/head" -w '%{http_code}' -X "$method" "$url" \
  "${content[@]}" "${arguments[@]}" \
  -H "Signature-Input: consumer=$parameters" -H "Signature: consumer=:$signature:")

# ---- 5. Check the answer ---------------------------------------------------------------------------
# Value of a header of the answer.
answered() { tr -d '\r' < "$work/head" | sed -n "s/^$1: //Ip" | head -n 1; }

bus_parameters=$(answered Signature-Input | sed 's/^sluice=//')
expected="sha-256=:$(openssl dgst -sha256 -binary "$work/answer" | openssl base64 -A):"
[ "$(answered Content-Digest)" = "$expected" ] || { echo 'the answer was altered' >&2; exit 3; }
case $bus_parameters in
  *"keyid=\"$(thumbprint "$bus_certificate")\""*) ;;
  *) echo 'the answer is signed with another certificate' >&2; exit 3 ;;
esac

# The base again, from what the bus says it covered, in its order.
printf '%s' "$bus_parameters" | sed 's/^(\([^)]*\)).*/\1 /' | tr ' ' '\n' | while read -r component; do
  case $component in
    '"@status"') value=$status ;;
    '"signature";req;'*) value=":$signature:" ;;
    *) value=$(answered "$(printf '%s' "$component" | tr -d '"')") ;;
  esac
  printf '%s: %s\n' "$component" "$value"
done > "$work/base"
printf '"@signature-params": %s' "$bus_parameters" >> "$work/base"

# Whether the bus signed a file; its signature, r and s side by side, comes in base64.
signed_by_bus() {
  openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n' > "$work/raw"
  printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
    "$(cut -c 1-64 "$work/raw")" "$(cut -c 65-128 "$work/raw")" > "$work/asn1"
  openssl asn1parse -genconf "$work/asn1" -noout -out "$work/signature"
  openssl dgst -sha256 -verify "$work/bus-key.pem" -signature "$work/signature" "$1" > /dev/null
}

openssl x509 -in "$bus_certificate" -noout -pubkey > "$work/bus-key.pem"
answered Signature | sed 's/^sluice=:\(.*\):$/\1/' | signed_by_bus "$work/base" ||
  { echo 'the signature of the answer is wrong' >&2; exit 3; }

# ---- 6. Check the receipt ---------------------------------------------------------------------------
receipt=$(answered Sluice-Receipt)
[ -z "$receipt" ] || promised=$(bash "$(dirname "$0")/check-receipt.sh" "$receipt" "$bus_certificate")

echo "status       $status $(answered X-Road-Error)"
echo "exchange id  $(answered Sluice-Exchange-Id)"
echo "signature    verified, certificate of the bus"
[ -z "$receipt" ] || echo "receipt      verified, $promised"
cat "$work/answer"
echo
[ "$status" -lt 400 ]
