/*
 * Calls a service through Sluice with gSOAP and its wsse plugin: signs the request with RSA, verifies the bus's
 * answer, which must be signed with RSA too (replySignature: rsa).
 *
 *     gsoap-client FOLDER BUS CLIENT SERVICE FIN SURNAME
 *
 * FOLDER holds key.pem (RSA), certificate.pem, bus-certificate.pem, the bus's certificates one after the other, and
 * bus-ca.pem, who issued them. build-gsoap-client.sh makes it from the WSDL that the bus serves. Exit code 0:
 * answered; 1: refused; 2: the answer was not accepted.
 */
#include "finAxtarisBinding.nsmap"
#include "soapH.h"
#include "plugin/wsseapi.h"

static const char xroad[] = "http://x-road.eu/xsd/xroad.xsd";
static const char wsu[] =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

static void *opened(const char *folder, const char *name, int is_key) {
  char path[4096];
  void *read;
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = fopen(path, "r");
  read = file == NULL ? NULL
         : is_key     ? (void *)PEM_read_PrivateKey(file, NULL, NULL, NULL)
                      : (void *)PEM_read_X509(file, NULL, NULL, NULL);
  if (read == NULL) {
    fprintf(stderr, "%s cannot be read\n", path);
    exit(64);
  }
  fclose(file);
  return read;
}

/* The n-th part of a path. */
static char *part(struct soap *soap, const char *path, int n) {
  for (; n > 0 && path != NULL; n--) path = strchr(path, '/') == NULL ? NULL : strchr(path, '/') + 1;
  if (path == NULL) {
    fprintf(stderr, "an identifier has too few parts\n");
    exit(64);
  }
  size_t length = strcspn(path, "/");
  char *copy = soap_malloc(soap, length + 1);
  memcpy(copy, path, length);
  copy[length] = '\0';
  return copy;
}

static void add_header(struct soap *soap, const char *client, const char *service) {
  struct id__XRoadClientIdentifierType *from = soap_new_id__XRoadClientIdentifierType(soap, 1);
  struct id__XRoadServiceIdentifierType *to = soap_new_id__XRoadServiceIdentifierType(soap, 1);
  soap_header(soap);
  struct SOAP_ENV__Header *header = soap->header;
  *from = (struct id__XRoadClientIdentifierType){
      part(soap, client, 0), part(soap, client, 1), part(soap, client, 2), part(soap, client, 3), "SUBSYSTEM"};
  *to = (struct id__XRoadServiceIdentifierType){
      part(soap, service, 0), part(soap, service, 1), part(soap, service, 2), part(soap, service, 3),
      part(soap, service, 4), part(soap, service, 5), "SERVICE"};
  header->xroad__client = from;
  header->xroad__service = to;
  header->xroad__id = soap_strdup(soap, soap_rand_uuid(soap, ""));
  header->xroad__protocolVersion = "4.0";
  header->xroad__issue = "VN-2026-000118";
  header->sluice__mode = "body";
  header->sluice__legalBasis = "Vergi Məcəlləsi, maddə 30";
}

/* Body, Timestamp and every header block; wsdl2h reads their list from the policy in the WSDL. */
static int sign(struct soap *soap, X509 *certificate, EVP_PKEY *key) {
  soap_wsse_set_wsu_id(soap, "xroad:client xroad:service xroad:id xroad:protocolVersion xroad:issue"
                             " sluice:mode sluice:legalBasis");
  return soap_wsse_add_Timestamp(soap, "Timestamp", 300) ||
         soap_wsse_add_BinarySecurityTokenX509(soap, "X509Token", certificate) ||
         soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#X509Token") ||
         soap_wsse_sign_body(soap, SOAP_SMD_SIGN_RSA_SHA256, key, 0);
}

static int not_accepted(const char *why) {
  fprintf(stderr, "the answer was not accepted: %s\n", why);
  return 2;
}

static int is_of_bus(X509 *signer, const char *bus_file) {
  FILE *file = fopen(bus_file, "r");
  X509 *bus;
  int is_there = 0;
  while (file != NULL && signer != NULL && (bus = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
    is_there = is_there || X509_cmp(signer, bus) == 0;
    X509_free(bus);
  }
  if (file != NULL) fclose(file);
  return is_there;
}

/* Only a refusal of the bus may lack the id: some requests are refused before they are read whole. */
static int answers(struct soap *soap, const char *message_id) {
  const char *id = soap->header == NULL ? NULL : soap->header->xroad__id;
  if (id == NULL) return soap->fault != NULL;
  return strcmp(id, message_id) == 0 && soap_wsse_verify_element(soap, xroad, "id") == 1;
}

/* NULL if everything that is read was signed by the bus, now, for this request. */
static const char *trouble_with(struct soap *soap, int error, const char *bus_file, const char *message_id) {
  /* What the plugin finds wrong is a fault of its own, which did not come from the bus. */
  if (error == SOAP_FAULT && strncmp(*soap_faultcode(soap), "wsse:", 5) == 0) return *soap_faultstring(soap);
  if ((error != SOAP_OK && error != SOAP_FAULT) || soap->dom == NULL) return "it is no SOAP message";
  if (!is_of_bus(soap_wsse_get_KeyInfo_SecurityTokenReferenceX509(soap), bus_file)) {
    return "signed with another certificate than the bus's";
  }
  if (soap_wsse_verify_Timestamp(soap) || soap_wsse_verify_element(soap, wsu, "Timestamp") != 1) {
    return "no signed Timestamp of now";
  }
  /* SOAP_OK if it is signed, whatever the manual says in its section on wrapping. */
  if (soap_wsse_verify_body(soap) != SOAP_OK) return "the Body is not signed";
  return answers(soap, message_id) ? NULL : "the answer to another request";
}

/* Prints what stands behind a start tag. gSOAP hands on the detail of a Fault as it was written. */
static void print_part(const char *detail, const char *name, const char *start) {
  const char *at = detail == NULL ? NULL : strstr(detail, start);
  if (at == NULL) return;
  at += strlen(start);
  printf(",\"%s\":\"%.*s\"", name, (int)strcspn(at, "<"), at);
}

static void print_fault(struct soap *soap) {
  const char *detail = soap->fault->detail == NULL ? NULL : soap->fault->detail->__any;
  printf("{\"faultcode\":\"%s\",\"faultstring\":\"%s\"", *soap_faultcode(soap), *soap_faultstring(soap));
  print_part(detail, "code", "<f:code>");
  print_part(detail, "side", "<f:side>");
  print_part(detail, "exchangeId", "<f:exchangeId>");
  print_part(detail, "az", "<f:text xml:lang=\"az\">");
  print_part(detail, "en", "<f:text xml:lang=\"en\">");
  printf("}\n");
}

int main(int argc, char *argv[]) {
  if (argc != 7) {
    fprintf(stderr, "gsoap-client FOLDER BUS CLIENT SERVICE FIN SURNAME\n");
    return 64;
  }
  EVP_PKEY *key = opened(argv[1], "key.pem", 1);
  X509 *certificate = opened(argv[1], "certificate.pem", 0);
  char bus_file[4096], ca_file[4096];
  snprintf(bus_file, sizeof bus_file, "%s/bus-certificate.pem", argv[1]);
  snprintf(ca_file, sizeof ca_file, "%s/bus-ca.pem", argv[1]);

  struct soap *soap = soap_new1(SOAP_XML_CANONICAL | SOAP_C_UTFSTRING);
  soap_register_plugin(soap, soap_wsse);
  add_header(soap, argv[3], argv[4]);
  const char *message_id = soap->header->xroad__id;
  if (sign(soap, certificate, key)) return soap_print_fault(soap, stderr), 64;
  soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0);
  soap->cafile = ca_file;

  struct _gcq__finAxtaris question = {.fin = argv[5], .soyad = argv[6]};
  struct _gcq__finAxtarisResponse answer;
  int error = soap_call___gcq__finAxtaris(soap, argv[2], NULL, &question, &answer);
  struct SOAP_ENV__Fault *fault = soap->fault;
  const char *trouble = trouble_with(soap, error, bus_file, message_id);
  if (trouble != NULL) return not_accepted(trouble);
  soap->fault = fault;
  if (error != SOAP_OK) return print_fault(soap), 1;
  printf("{\"fin\":\"%s\"", answer.fin);
  if (answer.adSoyad != NULL) printf(",\"adSoyad\":\"%s\"", answer.adSoyad);
  printf("}\n");
  return 0;
}
