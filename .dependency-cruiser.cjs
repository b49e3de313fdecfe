/** Dependencies point one way; each rule says why. See docs/architecture.md. */
const spec = '\\.spec\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle, type imports included, has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      comment: 'src/exchange is the line: no framework, no protocol, no I/O, nothing but itself.',
      severity: 'error',
      from: { path: '^src/exchange/', pathNot: `${spec}|\\.module\\.ts$` },
      to: { pathNot: '^src/exchange/' },
    },
    {
      name: 'xml-is-pure',
      comment: 'src/xml reads and writes XML for whoever needs it, and knows nobody.',
      severity: 'error',
      from: { path: '^src/xml/', pathNot: spec },
      to: { pathNot: ['^src/xml/', '^src/limits/', '^(node:)?buffer$'] },
    },
    {
      name: 'wsdl-reads-descriptions',
      comment:
        'src/wsdl reads WSDL by the XML reader and XML Schema, and knows no message and nobody.',
      severity: 'error',
      from: { path: '^src/wsdl/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(wsdl|xml|xsd)/', '^src/exchange/fault\\.ts$', '^src/limits/'],
      },
    },
    {
      name: 'xsd-reads-schemas-alone',
      comment:
        'src/xsd is XML Schema over src/xml: of WSDL, contracts and exchanges it knows nothing but how to name a violation.',
      severity: 'error',
      from: { path: '^src/xsd/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/xsd/', '^src/xml/', '^src/violation/', '^src/limits/'],
      },
    },
    {
      name: 'json-is-pure',
      comment: 'src/json reads and writes JSON for whoever needs it, and knows nobody.',
      severity: 'error',
      from: { path: '^src/json/', pathNot: spec },
      to: { pathNot: ['^src/json/', '^src/limits/', '^(node:)?buffer$'] },
    },
    {
      name: 'violation-is-a-vocabulary',
      comment: 'src/violation says what is wrong with a message, whatever its protocol.',
      severity: 'error',
      from: { path: '^src/violation/', pathNot: spec },
      to: { pathNot: ['^src/violation/', '^src/exchange/fault\\.ts$'] },
    },
    {
      name: 'openapi-knows-json-only',
      comment:
        'src/openapi reads contracts and checks messages by them: JSON and violations; no exchange, no file, no network.',
      severity: 'error',
      from: { path: '^src/openapi/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/|^(node:)?(fs|http|https|net|dns|child_process)',
        pathNot: ['^src/(openapi|json|violation)/', '^src/exchange/fault\\.ts$', '^src/limits/'],
      },
    },
    {
      name: 'mediation-carries-over',
      comment:
        'src/mediation knows both protocols’ contracts and the messages of the port; whose contract it is, and where it lies, it does not know.',
      severity: 'error',
      from: { path: '^src/mediation/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(mediation|exchange|xsd|wsdl|openapi|json|violation|xml)/',
          '^src/limits/',
          // How the evidence keeps the head of a message is said in one place.
          '^src/(made-mq-reply|mq-head)\\.ts$',
          // How bodies with several parts are written is not of any protocol.
          '^src/http/(form-data|packaging-error|part-head)\\.ts$',
          // A file that is YAML is bounded in one way in this house.
          '^src/registry/declaration/yaml-depth\\.ts$',
        ],
      },
    },
    {
      name: 'views-are-made-of-contracts',
      comment:
        'src/views writes the face of a service in the other protocol: contracts and mappings in, texts out; of HTTP it knows how names are written.',
      severity: 'error',
      from: { path: '^src/views/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/|^(node:)?(fs|http|https|net|dns|child_process)',
        pathNot: [
          '^src/(views|mediation|openapi|wsdl|xsd|json|violation)/',
          '^src/exchange/(fault|identifier|message-names)\\.ts$',
          '^src/http/(headers|percent-encoding)\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'tlog-is-pure',
      comment:
        'src/tlog is RFC 9162 and C2SP: proofs, notes, tiles. It reads nothing and knows nobody.',
      severity: 'error',
      from: { path: '^src/tlog/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/tlog/', '^src/limits/'],
      },
    },
    {
      name: 'witness-trusts-nobody',
      comment:
        'src/witness is another body’s program: it knows the standards, and nothing of the bus it watches.',
      severity: 'error',
      from: { path: '^src/witness/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/witness/',
          '^src/tlog/',
          '^src/folder-claim/',
          '^src/limits/',
          '^src/(bounded-request|sync-folder)\\.ts$',
        ],
      },
    },
    {
      name: 'folder-claim-knows-nobody',
      comment:
        'Which process has a folder is one question for the bus’s database and for a witness, which is not of the bus.',
      severity: 'error',
      from: { path: '^src/folder-claim/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/folder-claim/', '^src/sync-folder\\.ts$'],
      },
    },
    {
      name: 'log-api-reads-published-logs',
      comment:
        'src/log-api shows the logs as trees; of exchanges and of their keys it knows nothing.',
      severity: 'error',
      from: { path: '^src/log-api/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/log-api/',
          '^src/tlog/',
          '^src/sequencing/log-(tree|tiles)\\.store\\.ts$',
          '^src/http/preferred-language\\.ts$',
          '^src/limits/',
          '^src/(bounded-request|request-rate)\\.ts$',
        ],
      },
    },
    {
      name: 'admin-api-is-for-people',
      comment:
        'src/admin is asked by administrators; it changes the registry and records acts, and no message passes through it.',
      severity: 'error',
      from: { path: '^src/admin/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/admin/',
          '^src/registry/',
          '^src/audit-log/',
          // What is put into writing, announced, opened or told by API is there, and not of HTTP.
          '^src/(ca|notice|document|maintenance|incident)/',
          // What the connection desk is about, and documentation made of contracts.
          '^src/(agreement|connection|conformity|contract|recheck)/',
          // What recipients have to do by which day.
          '^src/execution/',
          // Certificates and notices by API; what they are is there.
          '^src/(ca|notice)/',
          // Contracts by API: read, checked and packed there.
          '^src/contract/(contract-archive|pack-files|register-contract)\\.ts$',
          // What is put into writing by what administrators decide.
          '^src/document/',
          // What everybody may see, as pages and feeds.
          '^src/catalogue/',
          '^src/json/',
          '^src/exchange/(fault|identifier)\\.ts$',
          '^src/http/preferred-language\\.ts$',
          // What is secret prints as such.
          '^src/config/secrets\\.ts$',
          '^src/limits/',
          '^src/(canonical-json|country-time|request-rate|registry-acts|schema-text)\\.ts$',
          // Connection of objects: what is demanded of them, and whether they are so.
          '^src/conformity/',
          // Connection cases, and what moves them.
          '^src/connection/',
        ],
      },
    },
    {
      name: 'catalogue-is-pure',
      comment:
        'src/catalogue words what everybody may know; what that is, and who asks, the admin API knows.',
      severity: 'error',
      from: { path: '^src/catalogue/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/catalogue/',
          '^src/registry/(folded|resource)\\.ts$',
          '^src/country-time\\.ts$',
          '^src/exchange/fault\\.ts$',
        ],
      },
    },
    {
      name: 'conformity-asks-endpoints',
      comment:
        'src/conformity checks what an applicant says and has, at the desk and with the applicant alike: contracts, signatures, packaging and addresses are those of the bus; of its database and its registry it knows nothing but by its tools.',
      severity: 'error',
      from: { path: '^src/conformity/', pathNot: `${spec}|\\.store\\.ts$` },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(conformity|contract|violation|trust|xml|json|mediation|openapi|wsdl)/',
          '^src/exchange/(derived-request|envelope|fault|http-content|identifier|signers)\\.ts$',
          '^src/http/(address-policy|deliver-signed|headers|percent-encoding|provider-address|read-settings)\\.ts$',
          // What a request for a certificate is, and when it is refused.
          '^src/ca/(ca-error|certification-request)\\.ts$',
          // How a provider gets a SOAP message, and how its answer is read.
          '^adapters/soap/(names|pack-message|provider-answer|provider-reply|request-blocks)\\.ts$',
          '^adapters/rest/(derived|service-path)\\.ts$',
          '^src/registry/declaration/yaml-depth\\.ts$',
          '^src/limits/',
          '^src/schema-text\\.ts$',
        ],
      },
    },
    {
      name: 'agreements-are-kept',
      comment:
        'src/agreement keeps what was agreed with whom; what follows from it for the registry is done by src/admin.',
      severity: 'error',
      from: { path: '^src/agreement/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/agreement/',
          '^src/conformity/requirement\\.ts$',
          '^src/exchange/(fault|identifier)\\.ts$',
        ],
      },
    },
    {
      name: 'adapters-know-only-the-port',
      comment:
        'An adapter knows the port, HTTP and the readers of XML and JSON; never another adapter, never another module.',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^adapters/$1/',
          '^src/exchange/(adapter|catalogue-json|deadline|derived-request|envelope|envelope-values|exchange|exchanges-about|fault|fault-text|filtered-by|http-content|identifier|logged-entry|message-names|message-notice|metaservice|mq-content|notice-json|payload|recipient-notice|route|signed-content|signers|soap-content|verified-element)\\.ts$',
          '^src/limits/',
          '^src/(http|json|xml)/',
          // What lanes over a broker share, as src/http is for those over HTTP.
          '^src/broker/(connection|names)\\.ts$',
          '^src/(canonical-json|made-mq-reply|mq-head)\\.ts$',
          '^src/config/secrets\\.ts$',
        ],
      },
    },
    {
      name: 'broker-knows-names',
      comment:
        'src/broker is the broker as such: connections, names, users, topology; of messages it knows nothing.',
      severity: 'error',
      from: { path: '^src/broker/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/broker/',
          '^src/exchange/identifier\\.ts$',
          '^src/config/secrets\\.ts$',
          '^src/folder-claim/',
          '^src/limits/',
          '^src/(bounded-request|sync-folder)\\.ts$',
        ],
      },
    },
    {
      name: 'jws-is-for-mq',
      comment: 'Signatures on messages of queues; as src/trust/wss is for SOAP.',
      severity: 'error',
      from: { path: '^src/trust/jws/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(trust|exchange|json)/', '^src/limits/', '^src/canonical-json\\.ts$'],
      },
    },
    {
      name: 'http-is-for-adapters',
      comment:
        'src/http is what lanes over HTTP share: it knows the port and nothing of a protocol.',
      severity: 'error',
      from: { path: '^src/http/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/http/',
          '^src/exchange/(adapter|deadline|envelope|exchange|fault|http-content|identifier|payload|signed-content|verified-element)\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'contracts-know-descriptions',
      comment:
        'src/contract joins what reads descriptions, checks messages and maps them; of registry, trust and adapters it knows nothing.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(contract|exchange|violation|xml|xsd|wsdl|json|openapi|mediation|views)/',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'modules-one-way',
      comment: 'Modules know the core and themselves; the composition root and the CLI join them.',
      severity: 'error',
      from: { path: '^src/(registry|trust|message-log|spool)/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/$1/',
          '^src/exchange/',
          '^src/limits/',
          '^src/canonical-json\\.ts$',
          '^src/(xml|json)/',
          // How a log is called, and a queue.
          '^src/tlog/checkpoint\\.ts$',
          '^src/broker/names\\.ts$',
        ],
      },
    },
    {
      name: 'fair-use-counts',
      comment:
        'src/fair-use counts what the registry limits: it is told the limits with the request, and knows the line alone.',
      severity: 'error',
      from: { path: '^src/fair-use/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(fair-use|exchange)/'],
      },
    },
    {
      name: 'maintenance-is-announced',
      comment:
        'src/maintenance is what was announced of works, and whom it concerns; the gate honours it by the registry’s snapshot.',
      severity: 'error',
      from: { path: '^src/maintenance/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/maintenance/', '^src/exchange/(fault|identifier)\\.ts$'],
      },
    },
    {
      name: 'provider-health-counts-failures',
      comment:
        'src/provider-health counts the failures of providers over all nodes and tells their owners; of messages it knows nothing.',
      severity: 'error',
      from: { path: '^src/provider-health/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(provider-health|notice)/',
          '^src/exchange/(adapter|fault|identifier|provider-health)\\.ts$',
          '^src/registry/provider-trouble\\.ts$',
        ],
      },
    },
    {
      name: 'entrance-asks-who-has-a-certificate',
      comment:
        'src/entrance says by which way a subsystem may come; whose a certificate is, and whether it is good, is one question for all.',
      severity: 'error',
      from: { path: '^src/entrance/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(entrance|exchange)/', '^src/trust/signer-directory\\.ts$'],
      },
    },
    {
      name: 'assertion-is-a-signature',
      comment:
        'Who a user is: a JWS by a registered key, and the form of identifiers; who may sign one is the registry’s to say.',
      severity: 'error',
      from: { path: '^src/assertion/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(assertion|exchange|json)/',
          '^src/trust/(jws|http-signature)/algorithms\\.ts$',
          '^src/trust/signer-directory\\.ts$',
          '^src/subject/identifier-form\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'omit-cuts-messages',
      comment:
        'src/omit takes fields out of answers as they stand: it reads JSON and XML, and knows of no registry and no contract.',
      severity: 'error',
      from: { path: '^src/omit/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(omit|exchange|json|xml)/',
          '^src/openapi/media-types\\.ts$',
          '^src/http/headers\\.ts$',
          '^src/limits/',
          '^src/made-mq-reply\\.ts$',
        ],
      },
    },
    {
      name: 'subject-reads-messages',
      comment:
        'About whom a message is: JSON and XML by pointers; of contracts, registry and trust it knows nothing.',
      severity: 'error',
      from: { path: '^src/subject/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(subject|exchange|json|xml)/', '^src/limits/'],
      },
    },
    {
      name: 'outbox-delivers-what-the-log-has',
      comment:
        'src/outbox knows the line and the message log, which writes its rows; adapters by their port alone.',
      severity: 'error',
      from: { path: '^src/outbox/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/(outbox|exchange|message-log)/', '^src/limits/'],
      },
    },
    {
      name: 'audit-log-knows-trees-only',
      comment:
        'Acts are recorded by whoever carries them out; their log knows what an entry of a tree is, and nobody.',
      severity: 'error',
      from: { path: '^src/audit-log/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/audit-log/', '^src/tlog/', '^src/limits/', '^src/canonical-json\\.ts$'],
      },
    },
    {
      name: 'sequencing-knows-trees-only',
      comment:
        'src/sequencing gives rows their places whoever wrote them: it knows the trees, the tables, and no module.',
      severity: 'error',
      from: { path: '^src/sequencing/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/sequencing/', '^src/tlog/', '^src/limits/'],
      },
    },
    {
      name: 'archive-reader-believes-nobody',
      comment:
        'Who checks archive files shares no code with who writes them, nor with who writes the logs.',
      severity: 'error',
      from: { path: '^src/archive-reader/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/archive-reader/', '^src/limits/'],
      },
    },
    {
      name: 'archive-on-trees',
      comment:
        'src/log-archive takes rows out of the database as files of trees, and has its files read by the reader; acts are recorded by who calls it.',
      severity: 'error',
      from: { path: '^src/log-archive/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/log-archive/',
          '^src/archive-reader/(verify-archive|signed-note|archive-zip)\\.ts$',
          '^src/sequencing/log-tree\\.store\\.ts$',
          '^src/tlog/',
          '^src/limits/',
          '^src/(canonical-json|sync-folder)\\.ts$',
        ],
      },
    },
    {
      name: 'certificates-are-for-all',
      comment:
        'src/trust/x509 and src/trust/issuing know nothing of messages or the registry, so that other modules may use them.',
      severity: 'error',
      from: { path: '^src/trust/(x509|issuing)/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/trust/$1/', '^src/exchange/fault\\.ts$', '^src/limits/'],
      },
    },
    {
      name: 'ca-issues-for-the-registry',
      comment:
        'src/ca signs with certificates’ own parts and writes the registry as declarations do; of messages, adapters and Nest it knows nothing.',
      severity: 'error',
      from: { path: '^src/ca/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/ca/',
          '^src/(registry|audit-log)/',
          '^src/trust/(issuing|x509)/',
          '^src/notice/notice\\.store\\.ts$',
          '^src/cms/der-output\\.ts$',
          '^src/config/(ca-config|env|secrets)\\.ts$',
          '^src/exchange/identifier\\.ts$',
        ],
      },
    },
    {
      name: 'notices-are-texts',
      comment:
        'src/notice keeps and words what administrators are told; whoever tells it knows why.',
      severity: 'error',
      from: { path: '^src/notice/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/notice/', '^src/exchange/fault\\.ts$'],
      },
    },
    {
      name: 'connection-is-a-procedure',
      comment:
        'src/connection has the cases, their table of states and what is kept of them: who may move one, and how it is asked, is for the API to know.',
      severity: 'error',
      from: { path: '^src/connection/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(connection|conformity)/',
          '^src/document/document-kind\\.ts$',
          '^src/audit-log/act\\.ts$',
          '^src/exchange/(fault|identifier)\\.ts$',
          // Which resources have what an application gives or asks for.
          '^src/registry/resource-directory\\.store\\.ts$',
        ],
      },
    },
    {
      name: 'rechecks-are-of-cases',
      comment:
        'src/recheck has what is kept of rechecks and of the objects that cases have connected: who opens one, and what follows from it, is for the API to know.',
      severity: 'error',
      from: { path: '^src/recheck/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(recheck|connection|conformity)/',
          '^src/audit-log/act\\.ts$',
          '^src/exchange/(fault|identifier)\\.ts$',
        ],
      },
    },
    {
      name: 'execution-is-of-cases',
      comment:
        'src/execution reads what messages say of cases, where their contracts declare it, and keeps what recipients have to do: who is told of it is for the API to know.',
      severity: 'error',
      from: { path: '^src/execution/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(execution|exchange)/',
          '^src/contract/(contract-book|control-terms)\\.ts$',
          // A message is read by pointers in one way.
          '^src/subject/(message-source|found-values)\\.ts$',
          '^src/country-time\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'documents-are-written',
      comment:
        'src/document puts into writing what others decided: what it says of cases and checks are their types, and it decides nothing.',
      severity: 'error',
      from: { path: '^src/document/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/document/',
          '^src/conformity/(application|requirement)\\.ts$',
          '^src/exchange/(fault|identifier)\\.ts$',
          '^src/(audit-log|cms)/',
          '^src/(canonical-json|country-time)\\.ts$',
        ],
      },
    },
    {
      name: 'document-verifier-reads-only',
      comment:
        'src/document-verifier judges documents by their bytes: what makes them would share its mistakes, so it takes nothing of it but the names of kinds.',
      severity: 'error',
      from: { path: '^src/document-verifier/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/document-verifier/',
          '^src/document/document-kind\\.ts$',
          '^src/cms/(verify-signed-data|cms-error|cms-ids)\\.ts$',
          '^src/evidence/verify/reason-text\\.ts$',
          '^src/trust/x509/',
          '^src/exchange/fault\\.ts$',
          '^src/printable\\.ts$',
        ],
      },
    },
    {
      name: 'incidents-are-told',
      comment:
        'src/incident enters what nodes see go wrong, with its act and its notices; how a node sees it, and who reads it, it does not know.',
      severity: 'error',
      from: { path: '^src/incident/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(incident|audit-log|notice)/',
          '^src/exchange/fault\\.ts$',
          '^src/canonical-json\\.ts$',
        ],
      },
    },
    {
      name: 'mails-are-notices',
      comment: 'src/mail carries the texts of notices to addresses, and knows nothing else to say.',
      severity: 'error',
      from: { path: '^src/mail/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(mail|notice)/',
          '^src/exchange/fault\\.ts$',
          '^src/config/mail-config\\.ts$',
        ],
      },
    },
    {
      name: 'cms-on-certificates',
      comment:
        'src/cms signs and verifies data with certificates. There is one RFC 5280 in the house: a second would be a second verdict.',
      severity: 'error',
      from: { path: '^src/cms/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/cms/', '^src/trust/x509/', '^src/limits/'],
      },
    },
    {
      name: 'timestamp-on-cms',
      comment:
        'src/timestamp knows signed data, certificates, and the store of the checkpoints that it stamps.',
      severity: 'error',
      from: { path: '^src/timestamp/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/timestamp/',
          '^src/cms/',
          '^src/trust/x509/',
          '^src/sequencing/log-(tree|tiles)\\.store\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'receipts-are-signed-with-trust',
      comment:
        'A receipt is one kind of token, signed by the algorithms that messages are signed by. Who makes entries durable is given the signer.',
      severity: 'error',
      from: { path: '^src/receipt/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/(receipt|exchange|tlog)/',
          '^src/trust/http-signature/algorithms\\.ts$',
          '^src/limits/',
        ],
      },
    },
    {
      name: 'evidence-is-for-commands',
      comment:
        'Containers are written and read by commands; of src/evidence the bus itself knows only what it has to keep.',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: `^src/(evidence|cli|document-verifier)/|${spec}` },
      to: { path: '^src/evidence/', pathNot: '^src/evidence/validation-material\\.store\\.ts$' },
    },
    {
      name: 'evidence-is-verified-offline',
      comment:
        'Who checks a container has its bytes and whom they believe: no database, no network, no configuration.',
      severity: 'error',
      from: { path: '^src/evidence/verify/', pathNot: spec },
      to: {
        path: [
          '^src/(database|config|process|cli|registry|spool|sequencing|audit-log)/',
          '\\.store\\.ts$',
          'node_modules/undici/',
          '^(node:)?(net|tls|http|https|dns|fs|child_process)',
        ],
      },
    },
    {
      name: 'search-reads-the-log',
      comment:
        'Search is made of entries and gives entries back; it knows the message log, and not how it is written.',
      severity: 'error',
      from: { path: '^src/log-search/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: [
          '^src/log-search/',
          '^src/exchange/',
          '^src/limits/',
          '^src/message-log/(entry|pseudonym|sweep\\.store)\\.ts$',
        ],
      },
    },
    {
      name: 'log-verifier-trusts-nobody',
      comment:
        'src/log-verifier checks what the bus wrote: with code of the bus it would share its mistakes, so it has none. The reader of archive files believes nobody either.',
      severity: 'error',
      from: { path: '^src/log-verifier/', pathNot: spec },
      to: {
        path: '^(src|adapters|demo|bench|test)/',
        pathNot: ['^src/log-verifier/', '^src/archive-reader/', '^src/limits/'],
      },
    },
    {
      name: 'xml-is-for-messages',
      comment: 'The registry, the message log and the spool have no XML to read.',
      severity: 'error',
      from: { path: '^src/(registry|message-log|spool)/', pathNot: spec },
      to: { path: '^src/xml/' },
    },
    {
      name: 'nest-only-in-wiring',
      comment: 'Nest builds and runs the bus; it does not carry the message.',
      severity: 'error',
      from: {
        path: '^(src|adapters)/',
        pathNot: `(\\.module|\\.controller|\\.guard|\\.strategy|\\.filter|\\.interceptor|\\.decorator)\\.ts$|^src/main\\.ts$|^src/worker\\.ts$|^src/control\\.ts$|${spec}`,
      },
      to: { path: 'node_modules/(@nestjs|rxjs)/' },
    },
    {
      name: 'sql-only-in-stores',
      comment: 'pg and TypeORM stay behind the stores.',
      severity: 'error',
      from: {
        path: '^(src|adapters)/',
        pathNot: `(\\.store|\\.schema|\\.module)\\.ts$|^src/database/|${spec}`,
      },
      to: { path: 'node_modules/(@types/)?(pg|typeorm|pg-[^/]+)/' },
    },
    {
      name: 'nothing-imports-the-outside',
      comment: 'The bus does not depend on its demo, bench or tests.',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: spec },
      to: { path: '^(demo|bench|test|scripts)/' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^(src|adapters)/', pathNot: spec },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'commands-load-on-demand',
      comment:
        'A command loads its own code and no other: what the table of commands imports, all of them pay for.',
      severity: 'error',
      from: { path: '^src/cli/(main|command-line|command-table)\\.ts$' },
      to: {
        path: '^(src|adapters|node_modules)/',
        pathNot:
          '^src/(cli/(command-line|command-table|file-trouble|progress-bar|read-bounded)|config/env|limits/command-line)\\.ts$',
        dependencyTypesNot: ['type-only'],
        dynamic: false,
      },
    },
    {
      name: 'no-orphans',
      comment:
        'A file nobody imports is dead; but for those that a process, or a thread, begins with.',
      severity: 'error',
      module: {
        path: '^(src|adapters)/',
        pathNot: `${spec}|^src/main\\.ts$|^src/cli/main\\.ts$|^src/process/contract-thread\\.ts$|^adapters/[^/]+/adapter\\.ts$`,
        numberOfDependentsLessThan: 1,
      },
      from: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
}
