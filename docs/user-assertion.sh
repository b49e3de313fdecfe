#!/usr/bin/env bash
# A user assertion, signed with openssl alone: who the user of one request is (compact JWS, RFC 7515).
#
#   user-assertion.sh FOLDER CLIENT SERVICE MESSAGE_ID SUBJECT [ACR]
#
# FOLDER holds key.pem and certificate.pem (RSA, P-256 or Ed25519) of CLIENT, the system that asks and that the
# user has logged in to. SUBJECT is JSON: {"fin":"0TEST01","voen":["9900000022"]}. ACR says how the user
# has proved that: code-password (default) or e-signature.
set -euo pipefail

folder=$1 client=$2 service=$3 message_id=$4 subject=$5 acr=${6:-code-password}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
bytes_of() { printf '%b' "$(printf '%s' "$1" | sed 's/../\\x&/g')"; }

key_type=$(openssl pkey -in "$folder/key.pem" -noout -text 2>/dev/null | head -n 1)
case $key_type in
  *ED25519*) algorithm=EdDSA ;;
  *"2048 bit"* | *"3072 bit"* | *"4096 bit"*) algorithm=RS256 ;;
  *"256 bit"*) algorithm=ES256 ;;
  *) echo "unknown key type: $key_type" >&2; exit 2 ;;
esac

# ---- 1. What is said, by whom, for which request -----------------------------------------------------
thumbprint=$(openssl x509 -in "$folder/certificate.pem" -outform DER | openssl dgst -sha256 -binary | base64url)
header="{\"alg\":\"$algorithm\",\"typ\":\"sluice-user+jwt\",\"x5t#S256\":\"$thumbprint\"}"
now=$(date +%s)
claims="{\"iss\":\"$client\",\"aud\":\"$service\",\"client\":\"$client\",\"mid\":\"$message_id\",\"iat\":$now,\"exp\":$((now + 120)),\"jti\":\"$(openssl rand -hex 16)\",\"acr\":\"$acr\",\"sub\":$subject}"

# ---- 2. The signature, over both parts and the dot between them ----------------------------------------
signed="$(printf '%s' "$header" | base64url).$(printf '%s' "$claims" | base64url)"
printf '%s' "$signed" > "$work/signed"
case $algorithm in
  EdDSA) openssl pkeyutl -sign -inkey "$folder/key.pem" -rawin -in "$work/signed" -out "$work/signature" ;;
  *) openssl dgst -sha256 -sign "$folder/key.pem" -out "$work/signature" "$work/signed" ;;
esac
if [ "$algorithm" = ES256 ]; then
  # openssl writes ECDSA signatures in DER; a JWS holds r and s, 32 bytes each (RFC 7518 section 3.4).
  openssl asn1parse -inform DER -in "$work/signature" | sed -n 's/.*INTEGER *://p' |
    while read -r number; do bytes_of "$(printf '%64s' "$number" | tr ' ' '0')"; done > "$work/raw"
  mv "$work/raw" "$work/signature"
fi
printf '%s.%s\n' "$signed" "$(base64url < "$work/signature")"
