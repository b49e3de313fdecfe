#!/usr/bin/env bash
# Checks a receipt of the bus with openssl alone, and prints what it states.
#
#   check-receipt.sh RECEIPT CERTIFICATE
#
# RECEIPT is the value of Sluice-Receipt, or in SOAP the text of the header block receipt; CERTIFICATE is a file with
# the bus's (P-256).
set -euo pipefail

receipt=$1 certificate=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wrong() { echo "$1" >&2; exit 3; }

# Hexadecimal to bytes, and back.
bytes_of() { printf '%b' "$(printf '%s' "$1" | sed 's/../\\x&/g')"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

# Bytes to base64url without padding, and back.
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
decoded() {
  local text
  text=$(printf '%s' "$1" | tr -- '-_' '+/')
  while [ $((${#text} % 4)) -ne 0 ]; do text="$text="; done
  printf '%s' "$text" | openssl base64 -d -A
}

# ---- 1. Its parts: JWS ~ statement ~ index ~ hashes of the path -------------------------------------
IFS='~' read -r -a parts <<< "$receipt"
[ ${#parts[@]} -ge 3 ] || wrong 'that is no receipt'
statement=${parts[1]} index=${parts[2]}
IFS=. read -r header payload signature <<< "${parts[0]}"
case $index in
  0 | [1-9] | [1-9][0-9] | [1-9][0-9][0-9]) ;;
  *) wrong 'that is no receipt' ;;
esac

# ---- 2. The signature of the JWS (RFC 7515): over header.payload, as they stand ----------------------
# It is r and s, 32 bytes each; openssl wants them in DER.
decoded "$signature" | hex > "$work/raw"
printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
  "$(cut -c 1-64 "$work/raw")" "$(cut -c 65-128 "$work/raw")" > "$work/asn1"
openssl asn1parse -genconf "$work/asn1" -noout -out "$work/signature" 2> /dev/null || wrong 'that is no receipt'
printf '%s.%s' "$header" "$payload" > "$work/signed"
openssl x509 -in "$certificate" -noout -pubkey > "$work/key.pem"
openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" "$work/signed" > /dev/null 2>&1 ||
  wrong 'the signature of the receipt is wrong'
thumbprint=$(openssl x509 -in "$certificate" -outform DER | openssl dgst -sha256 -binary | base64url)
case $(decoded "$header") in
  '{"alg":"ES256","typ":"sluice-receipt+jwt","x5t#S256":"'"$thumbprint"'"}') ;;
  *) wrong 'that is no receipt of this bus' ;;
esac

# ---- 3. The statement is among those that were signed together (RFC 9162 section 2.1.3.2) ------------
size=$(decoded "$payload" | sed -n 's/^{"root":"[A-Za-z0-9_-]*","size":\([1-9][0-9]\{0,2\}\)}$/\1/p')
{ [ -n "$size" ] && [ "$index" -lt "$size" ]; } || wrong 'the statement is not among those signed'
node=$index last=$((size - 1))
root=$({ printf '\0'; decoded "$statement"; } | openssl dgst -sha256 -binary | hex)
for part in "${parts[@]:3}"; do
  sibling=$(decoded "$part" | hex)
  [ "$last" -gt 0 ] || wrong 'the path is too long'
  if [ $((node % 2)) -eq 1 ] || [ "$node" -eq "$last" ]; then
    root=$(bytes_of "01$sibling$root" | openssl dgst -sha256 -binary | hex)
    while [ $((node % 2)) -eq 0 ] && [ "$node" -ne 0 ]; do node=$((node / 2)) last=$((last / 2)); done
  else
    root=$(bytes_of "01$root$sibling" | openssl dgst -sha256 -binary | hex)
  fi
  node=$((node / 2)) last=$((last / 2))
done
[ "$last" -eq 0 ] || wrong 'the path is too short'
[ "$(decoded "$payload")" = '{"root":"'"$(bytes_of "$root" | base64url)"'","size":'"$size"'}' ] ||
  wrong 'the statement is not among those signed'

decoded "$statement"
echo
