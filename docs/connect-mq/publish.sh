#!/usr/bin/env bash
# A signed one-way message to Sluice with openssl and amqp-publish (Debian's amqp-tools) alone.
#
#   publish.sh FOLDER CLIENT SERVICE BODY
#
# FOLDER holds key.pem and certificate.pem (P-256 or RSA); AMQP_URL is what `sluice mq user` wrote. LEGAL_BASIS and ISSUE are
# the ground. Texts go into JSON as they stand: no quotes, no backslashes. Writes the message's id. What it publishes is left in
# the folder KEEP, where that is given: message.json and body, as `sluice explain` reads them.
set -euo pipefail

folder=$1 client=$2 service=$3 body=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
bytes_of() { printf '%b' "$(printf '%s' "$1" | sed 's/../\\x&/g')"; }

thumbprint=$(openssl x509 -in "$folder/certificate.pem" -outform DER | openssl dgst -sha256 -binary | base64url)
case $(openssl pkey -in "$folder/key.pem" -noout -text_pub) in
  *prime256v1*) algorithm=ES256 ;;
  *) algorithm=RS256 ;;
esac

# ---- 1. The protected header, and what is signed: header, dot, body --------------------------------
id=$(openssl rand -hex 16)
envelope=$(printf '{"client":"%s","service":"%s","id":"%s","mode":"body","legalBasis":"%s","issue":"%s"}' \
  "$client" "$service" "$id" "${LEGAL_BASIS:-}" "${ISSUE:-}")
header=$(printf '{"alg":"%s","b64":false,"crit":["b64"],"typ":"sluice-request+jws","x5t#S256":"%s","iat":%s,"cty":"application/json","env":%s}' \
  "$algorithm" "$thumbprint" "$(date +%s)" "$envelope" | base64url)
printf '%s.%s' "$header" "$body" > "$work/signed"

# ---- 2. The signature ------------------------------------------------------------------------------
openssl dgst -sha256 -sign "$folder/key.pem" -out "$work/signature" "$work/signed"
if [ "$algorithm" = ES256 ]; then
  # openssl writes DER; JWS holds r and s, 32 bytes each.
  openssl asn1parse -inform DER -in "$work/signature" | sed -n 's/.*INTEGER *://p' |
    while read -r number; do bytes_of "$(printf '%64s' "$number" | tr ' ' '0')"; done > "$work/raw"
  mv "$work/raw" "$work/signature"
fi

# ---- 3. Publish ------------------------------------------------------------------------------------
signature="$header..$(base64url < "$work/signature")"
if [ -n "${KEEP:-}" ]; then
  printf '%s' "$body" > "$KEEP/body"
  printf '{"properties":{"content_type":"application/json"},"headers":{"sluice-signature":"%s"}}' "$signature" > "$KEEP/message.json"
fi
name=$(printf '%s' "$client" | sed 's/\./%2E/g; s|/|.|g') # an identifier with other letters has them percent-encoded
printf '%s' "$body" | amqp-publish -u "$AMQP_URL" -e "$name.out" -r message -p -C application/json \
  -H "sluice-signature: $signature"
echo "$id"
