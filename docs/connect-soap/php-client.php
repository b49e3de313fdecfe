#!/usr/bin/env php
<?php
/*
 * Calls a service through Sluice with PHP's SoapClient: signs the request, verifies the bus's answer.
 *
 *     php php-client.php FOLDER BUS CLIENT SERVICE FIN SURNAME
 *
 * FOLDER holds key.pem, certificate.pem (RSA or P-256) and bus-certificate.pem, the bus's certificates one after
 * the other. Copy SluiceSignature.php as it stands. Exit code 0: answered; 1: refused; 2: the answer was not accepted.
 */
declare(strict_types=1);

require __DIR__ . '/SluiceSignature.php';

final class SluiceSoapClient extends SoapClient
{
    public function __construct(private SluiceSignature $signature, string $wsdl)
    {
        parent::__construct($wsdl, ['exceptions' => true, 'cache_wsdl' => WSDL_CACHE_NONE]);
    }

    public function __doRequest(
        string $request,
        string $location,
        string $action,
        int $version,
        bool $oneWay = false,
    ): ?string {
        $signed = $this->signature->sign($request);
        $answer = parent::__doRequest($signed, $location, $action, $version, $oneWay);
        // Without an answer SoapClient throws a SoapFault of its own, code HTTP.
        if ($answer !== null) {
            $this->signature->verify($answer, $signed);
        }
        return $answer;
    }
}

const XROAD = 'http://x-road.eu/xsd/xroad.xsd';
const SLUICE = 'urn:sluice:header:1';

/** As XML: SoapClient would write the attribute objectType without its namespace. */
function identifier(string $name, string $type, string $path): SoapVar
{
    $names = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion'];
    $parts = '';
    foreach (explode('/', $path) as $index => $part) {
        $parts .= "<id:{$names[$index]}>" . htmlspecialchars($part, ENT_XML1) . "</id:{$names[$index]}>";
    }
    $xml = '<x:' . $name . ' xmlns:x="' . XROAD . '" xmlns:id="http://x-road.eu/xsd/identifiers"' .
        " id:objectType=\"$type\">$parts</x:$name>";
    return new SoapVar($xml, XSD_ANYXML);
}

function printed(array $said): void
{
    echo json_encode($said, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}

/** Code, side, exchange id and both texts out of a Fault's detail. */
function saidIn(SoapFault $fault): array
{
    $said = ['faultcode' => $fault->faultcode, 'faultstring' => $fault->faultstring];
    $detail = $fault->detail->fault ?? null;
    foreach (['code', 'side', 'exchangeId'] as $name) {
        $said[$name] = $detail->$name ?? null;
    }
    [$said['az'], $said['en']] = (array) ($detail->text ?? [null, null]);
    return $said;
}

if ($argc !== 7) {
    fwrite(STDERR, "php php-client.php FOLDER BUS CLIENT SERVICE FIN SURNAME\n");
    exit(64);
}
[, $folder, $bus, $client, $service, $fin, $surname] = $argv;
$signature = new SluiceSignature("$folder/key.pem", "$folder/certificate.pem", "$folder/bus-certificate.pem");
$wsdl = $bus . '/' . implode('/', array_map('rawurlencode', explode('/', $service))) . '?wsdl';
$soap = new SluiceSoapClient($signature, $wsdl);
$soap->__setSoapHeaders([
    new SoapHeader(XROAD, 'client', identifier('client', 'SUBSYSTEM', $client)),
    new SoapHeader(XROAD, 'service', identifier('service', 'SERVICE', $service)),
    new SoapHeader(XROAD, 'id', bin2hex(random_bytes(16))),
    new SoapHeader(XROAD, 'protocolVersion', '4.0'),
    new SoapHeader(XROAD, 'issue', 'VN-2026-000118'),
    new SoapHeader(SLUICE, 'mode', 'body'),
    new SoapHeader(SLUICE, 'legalBasis', 'Vergi Məcəlləsi, maddə 30'),
]);
try {
    $answer = $soap->finAxtaris(['fin' => $fin, 'soyad' => $surname]);
    printed(['fin' => $answer->fin, 'adSoyad' => $answer->adSoyad ?? null]);
} catch (SoapFault $fault) {
    printed(saidIn($fault));
    exit(1);
} catch (AnswerNotAccepted $error) {
    fwrite(STDERR, "the answer was not accepted: {$error->getMessage()}\n");
    exit(2);
}
