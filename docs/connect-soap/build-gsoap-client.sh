#!/usr/bin/env bash
# Makes gsoap-client from the WSDL that the bus serves. Needs gsoap, libgsoap-dev, gcc and OpenSSL's headers.
#
#   build-gsoap-client.sh WSDL FOLDER
set -euo pipefail
wsdl=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
gsoap=${GSOAP:-/usr/share/gsoap}
cd "$folder"

# Prefixes of our own choice; the policy in the WSDL makes wsdl2h import wsse.h.
cat > typemap.dat <<'END'
xroad = "http://x-road.eu/xsd/xroad.xsd"
id = "http://x-road.eu/xsd/identifiers"
sluice = "urn:sluice:header:1"
gcq = "urn:example:din:gcq:v1"
END
wsdl2h -c -k -t typemap.dat -o service.h "$wsdl"
# wsdl2h forgets that the attribute has a namespace.
sed -i 's/@ char\*  *objectType/@ char* id__objectType/' service.h
# What the bus adds to the Header of its answers: gSOAP verifies no signature over blocks it does not know.
cat >> service.h <<'END'
struct xroad__RequestHash { char *__item; @ char *algorithmId; };
mutable struct SOAP_ENV__Header {
  struct xroad__RequestHash *xroad__requestHash;
  char *sluice__exchangeId;
  char *sluice__entry;
  char *sluice__receipt;
};
END
soapcpp2 -C -c -L -w -x -I"$gsoap/import" -I"$gsoap" service.h
gcc -O0 -w -DWITH_IPV6 -DWITH_OPENSSL -DWITH_GZIP -DWITH_DOM -I. -I"$gsoap" -o gsoap-client \
  "$here/gsoap-client.c" soapC.c soapClient.c \
  "$gsoap/plugin/wsseapi.c" "$gsoap/plugin/smdevp.c" "$gsoap/plugin/mecevp.c" \
  "$gsoap/plugin/threads.c" "$gsoap/custom/struct_timeval.c" \
  -lgsoapssl -lssl -lcrypto -lz -lpthread
