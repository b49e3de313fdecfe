<?php
declare(strict_types=1);

/** The answer is not the bus's word: nothing of it may be used. */
final class AnswerNotAccepted extends RuntimeException
{
}

/** Signs what goes to the bus and verifies what comes back (WS-Security 1.1), with PHP's DOM and OpenSSL. */
final class SluiceSignature
{
    private const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
    private const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
    private const X509 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3';
    private const BASE64 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';
    private const DS = 'http://www.w3.org/2000/09/xmldsig#';
    private const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    private const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
    private const METHODS = [
        OPENSSL_KEYTYPE_RSA => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        OPENSSL_KEYTYPE_EC => 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
    ];
    private const XROAD = 'http://x-road.eu/xsd/xroad.xsd';

    private OpenSSLAsymmetricKey $key;
    private string $token;
    /** @var string[] base64 of the bus's certificates */
    private array $busCertificates;

    public function __construct(string $keyFile, string $certificateFile, string $busCertificateFile)
    {
        $this->key = openssl_pkey_get_private(file_get_contents($keyFile));
        [$this->token] = self::certificates($certificateFile);
        $this->busCertificates = self::certificates($busCertificateFile);
    }

    /** @return string the request with its signature; send exactly these bytes */
    public function sign(string $request): string
    {
        $document = self::read($request);
        $envelope = $document->documentElement;
        $soap = $envelope->namespaceURI;
        $header = self::only($envelope, $soap, 'Header');
        $parts = [...self::children($header), self::only($envelope, $soap, 'Body')];

        $security = self::append($header, self::WSSE, 'wsse:Security');
        $token = self::append($security, self::WSSE, 'wsse:BinarySecurityToken', $this->token);
        $token->setAttribute('ValueType', self::X509);
        $token->setAttribute('EncodingType', self::BASE64);
        $timestamp = self::append($security, self::WSU, 'wsu:Timestamp');
        self::append($timestamp, self::WSU, 'wsu:Created', gmdate('Y-m-d\TH:i:s\Z'));
        self::append($timestamp, self::WSU, 'wsu:Expires', gmdate('Y-m-d\TH:i:s\Z', time() + 300));

        $signature = self::append($security, self::DS, 'ds:Signature');
        $signedInfo = self::append($signature, self::DS, 'ds:SignedInfo');
        $method = self::METHODS[openssl_pkey_get_details($this->key)['type']];
        self::append($signedInfo, self::DS, 'ds:CanonicalizationMethod')->setAttribute('Algorithm', self::C14N);
        self::append($signedInfo, self::DS, 'ds:SignatureMethod')->setAttribute('Algorithm', $method);
        foreach ([...$parts, $timestamp] as $part) {
            self::reference($signedInfo, $part);
        }
        openssl_sign($signedInfo->C14N(true, false), $value, $this->key, OPENSSL_ALGO_SHA256);
        if ($method === self::METHODS[OPENSSL_KEYTYPE_EC]) {
            $value = self::rawOfDer($value);
        }
        self::append($signature, self::DS, 'ds:SignatureValue', base64_encode($value));
        $keyInfo = self::append($signature, self::DS, 'ds:KeyInfo');
        $toToken = self::append($keyInfo, self::WSSE, 'wsse:SecurityTokenReference');
        $toToken = self::append($toToken, self::WSSE, 'wsse:Reference');
        $toToken->setAttribute('URI', '#' . self::giveId($token));
        $toToken->setAttribute('ValueType', self::X509);
        return $document->saveXML();
    }

    /**
     * Accepts only what the bus signed whole, now, and in answer to this request.
     * @throws AnswerNotAccepted
     */
    public function verify(string $answer, string $request): void
    {
        $envelope = self::read($answer)->documentElement;
        $soap = $envelope->namespaceURI;
        $header = self::only($envelope, $soap, 'Header');
        $body = self::only($envelope, $soap, 'Body');
        $security = self::only($header, self::WSSE, 'Security');
        $timestamp = self::only($security, self::WSU, 'Timestamp');
        $token = self::only($security, self::WSSE, 'BinarySecurityToken')->textContent;
        if (!in_array($token, $this->busCertificates, true)) {
            throw new AnswerNotAccepted('signed with another certificate than the bus\'s');
        }
        $certificate = "-----BEGIN CERTIFICATE-----\n" . chunk_split($token, 64, "\n") . "-----END CERTIFICATE-----\n";
        $key = openssl_pkey_get_public($certificate);
        $covered = self::verifySignature(self::only($security, self::DS, 'Signature'), $key);
        foreach ([$body, $timestamp, ...self::children($header)] as $part) {
            if ($part !== $security && !in_array($part, $covered, true)) {
                throw new AnswerNotAccepted("not signed: $part->nodeName");
            }
        }
        $expires = self::only($timestamp, self::WSU, 'Expires')->textContent;
        if (new DateTimeImmutable($expires) < new DateTimeImmutable()) {
            throw new AnswerNotAccepted("expired $expires");
        }
        $hash = $header->getElementsByTagNameNS(self::XROAD, 'requestHash')->item(0);
        // Only a refusal of the bus may lack it: some requests are refused before they are read whole.
        if ($hash === null) {
            self::only($body, $soap, 'Fault');
        } elseif ($hash->textContent !== base64_encode(hash('sha256', $request, true))) {
            throw new AnswerNotAccepted('the answer to another request');
        }
    }

    /** @return DOMElement[] what the bus's signature covers */
    private static function verifySignature(DOMElement $signature, OpenSSLAsymmetricKey $key): array
    {
        $signedInfo = self::only($signature, self::DS, 'SignedInfo');
        $details = openssl_pkey_get_details($key);
        $method = self::only($signedInfo, self::DS, 'SignatureMethod')->getAttribute('Algorithm');
        $canonical = self::only($signedInfo, self::DS, 'CanonicalizationMethod')->getAttribute('Algorithm');
        $value = base64_decode(self::only($signature, self::DS, 'SignatureValue')->textContent);
        $isElliptic = $details['type'] === OPENSSL_KEYTYPE_EC;
        $der = $isElliptic ? self::derOfRaw($value) : $value;
        $isRight = $canonical === self::C14N && $method === (self::METHODS[$details['type']] ?? null) &&
            openssl_verify($signedInfo->C14N(true, false), $der, $key, OPENSSL_ALGO_SHA256) === 1;
        if (!$isRight) {
            throw new AnswerNotAccepted('the signature is not the bus\'s');
        }
        $byId = self::elementsById($signature->ownerDocument);
        $covered = [];
        foreach (self::children($signedInfo, 'Reference') as $reference) {
            $covered[] = self::verifyReference($reference, $byId);
        }
        return $covered;
    }

    private static function verifyReference(DOMElement $reference, array $byId): DOMElement
    {
        $uri = $reference->getAttribute('URI');
        $named = $byId[substr($uri, 1)] ?? [];
        if (!str_starts_with($uri, '#') || count($named) !== 1) {
            throw new AnswerNotAccepted("reference to no one element: $uri");
        }
        $transforms = self::children(self::only($reference, self::DS, 'Transforms'));
        $digestMethod = self::only($reference, self::DS, 'DigestMethod')->getAttribute('Algorithm');
        $isKnown = count($transforms) === 1 && $digestMethod === self::SHA256 &&
            $transforms[0]->getAttribute('Algorithm') === self::C14N;
        $list = $isKnown ? self::children($transforms[0], 'InclusiveNamespaces') : [];
        $prefixes = $list === [] ? null : explode(' ', $list[0]->getAttribute('PrefixList'));
        $digest = hash('sha256', $named[0]->C14N(true, false, null, $prefixes), true);
        $said = base64_decode(self::only($reference, self::DS, 'DigestValue')->textContent);
        if (!$isKnown || !hash_equals($digest, $said)) {
            throw new AnswerNotAccepted("altered: {$named[0]->nodeName}");
        }
        return $named[0];
    }

    /** Elements by an Id of any kind: where one is there twice, signer and reader may mean different elements. */
    private static function elementsById(DOMDocument $document): array
    {
        $byId = [];
        foreach ((new DOMXPath($document))->query('//@*') as $attribute) {
            if (strtolower($attribute->localName) === 'id') {
                $byId[$attribute->value][] = $attribute->ownerElement;
            }
        }
        return $byId;
    }

    private static function reference(DOMElement $signedInfo, DOMElement $part): void
    {
        $reference = self::append($signedInfo, self::DS, 'ds:Reference');
        $reference->setAttribute('URI', '#' . self::giveId($part));
        $transforms = self::append($reference, self::DS, 'ds:Transforms');
        self::append($transforms, self::DS, 'ds:Transform')->setAttribute('Algorithm', self::C14N);
        self::append($reference, self::DS, 'ds:DigestMethod')->setAttribute('Algorithm', self::SHA256);
        $digest = hash('sha256', $part->C14N(true, false), true);
        self::append($reference, self::DS, 'ds:DigestValue', base64_encode($digest));
    }

    /** ECDSA P-256: OpenSSL writes a DER SEQUENCE of two INTEGERs, XML Signature r and s of 32 bytes each. */
    private static function rawOfDer(string $der): string
    {
        $lengthOfR = ord($der[3]);
        $r = substr($der, 4, $lengthOfR);
        $s = substr($der, 6 + $lengthOfR);
        $fixed = fn (string $integer) => str_pad(ltrim($integer, "\0"), 32, "\0", STR_PAD_LEFT);
        return $fixed($r) . $fixed($s);
    }

    private static function derOfRaw(string $raw): string
    {
        if (strlen($raw) !== 64) {
            throw new AnswerNotAccepted('no signature of P-256');
        }
        $integers = '';
        foreach (str_split($raw, 32) as $half) {
            $octets = ltrim($half, "\0");
            // A leading bit would make it negative.
            if ($octets === '' || ord($octets[0]) > 0x7f) {
                $octets = "\0" . $octets;
            }
            $integers .= "\x02" . chr(strlen($octets)) . $octets;
        }
        return "\x30" . chr(strlen($integers)) . $integers;
    }

    /** @return string[] base64 of each certificate in a PEM file, on one line */
    private static function certificates(string $file): array
    {
        preg_match_all('/-BEGIN CERTIFICATE-----(.*?)-----END/s', file_get_contents($file), $found);
        return preg_replace('/\s/', '', $found[1]);
    }

    private static function read(string $xml): DOMDocument
    {
        $document = new DOMDocument();
        if (!@$document->loadXML($xml, LIBXML_NONET) || $document->doctype !== null) {
            throw new AnswerNotAccepted('no XML without document type');
        }
        return $document;
    }

    private static function append(DOMElement $parent, string $ns, string $name, string $text = ''): DOMElement
    {
        $element = $parent->ownerDocument->createElementNS($ns, $name);
        $element->textContent = $text;
        return $parent->appendChild($element);
    }

    private static function giveId(DOMElement $element): string
    {
        if (!$element->hasAttributeNS(self::WSU, 'Id')) {
            $element->setAttributeNS(self::WSU, 'wsu:Id', 'id-' . bin2hex(random_bytes(16)));
        }
        return $element->getAttributeNS(self::WSU, 'Id');
    }

    /** @return DOMElement[] child elements, of this local name if one is given */
    private static function children(DOMElement $parent, ?string $localName = null): array
    {
        return array_values(array_filter(
            iterator_to_array($parent->childNodes),
            fn (DOMNode $node) => $node instanceof DOMElement &&
                ($localName === null || $node->localName === $localName),
        ));
    }

    /** The one child of this name: where there are two, one was smuggled in. */
    private static function only(DOMElement $parent, string $ns, string $localName): DOMElement
    {
        $found = array_values(array_filter(
            self::children($parent, $localName),
            fn (DOMElement $element) => $element->namespaceURI === $ns,
        ));
        if (count($found) !== 1) {
            throw new AnswerNotAccepted(count($found) . " times $localName");
        }
        return $found[0];
    }
}
