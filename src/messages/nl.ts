import type { Catalogue } from './catalogue.js';

export const nl: Catalogue = {
  'problem.photo-missing.title': 'De foto ontbreekt',
  'problem.photo-missing.detail': 'Voeg de foto als bestand (met een bestandsnaam) bij de aanvraag.',
  'problem.photo-empty.title': 'De foto is leeg',
  'problem.photo-empty.detail':
    'Het beeldbestand bevat geen gegevens. Scan of neem de foto opnieuw en stuur ze nog eens.',
  'problem.photo-too-large.title': 'Het fotobestand is te groot',
  'problem.photo-too-large.detail':
    'Bewaar de foto als een kleiner bestand en stuur ze opnieuw.[ De grens is {maxBytes} bytes.]',
  'problem.unsupported-image.title': 'Dit soort beeld wordt niet aanvaard',
  'problem.unsupported-image.detail':
    'Stuur de foto als JPEG, PNG of WebP. Andere bestanden worden geweigerd, hoe ze ook heten.',
  'problem.image-type-mismatch.title': 'De foto is niet van het opgegeven type',
  'problem.image-type-mismatch.detail':
    'De inhoud van het beeld verschilt van het opgegeven mediatype. Geef het juiste type op, of geen.',
  'problem.image-too-many-pixels.title': 'De foto heeft te veel pixels',
  'problem.image-too-many-pixels.detail':
    'Scan de foto met een lagere resolutie.[ De grens is {maxPixels} pixels.]',
  'problem.image-dimensions.title': 'De foto heeft een onbruikbare grootte',
  'problem.image-dimensions.detail':
    'Het beeld is te klein of te smal voor een portret. Scan of neem de foto opnieuw.',
  'problem.image-corrupt.title': 'De foto is beschadigd',
  'problem.image-corrupt.detail':
    'Het beeldbestand is onvolledig of beschadigd. Scan of neem de foto opnieuw en stuur ze nog eens.',
  'problem.image-colour.title': 'De kleuren van de foto zijn niet leesbaar',
  'problem.image-colour.detail':
    'Bewaar de foto als gewoon kleurenbeeld (sRGB) of grijsbeeld en stuur ze opnieuw.',
  'problem.too-many-parts.title': 'De aanvraag heeft te veel delen',
  'problem.too-many-parts.detail': 'Stuur elk deel één keer, en alleen de delen die deze aanvraag kent.',
  'problem.unexpected-part.title': 'De aanvraag bevat een onverwacht deel',
  'problem.unexpected-part.detail':
    'Een deel heeft een naam of een vorm die deze aanvraag niet kent. Controleer de namen van de delen.',
  'problem.malformed-multipart.title': 'De formuliergegevens zijn niet leesbaar',
  'problem.malformed-multipart.detail':
    'De multipart-inhoud is onvolledig of niet goed gevormd. Stuur de aanvraag opnieuw; gebeurt het weer, verwittig dan de maker van uw toepassing.',
  'problem.malformed-json.title': 'De JSON is niet leesbaar',
  'problem.malformed-json.detail': 'De JSON is niet goed gevormd, of een object noemt een veld twee keer.',
  'problem.body-missing.title': 'De gegevens ontbreken',
  'problem.body-missing.detail': 'De JSON-gegevens van de aanvraag ontbreken of zijn leeg.',
  'problem.body-too-large.title': 'De aanvraag is te groot',
  'problem.body-too-large.detail':
    'De aanvraag bevat meer gegevens dan aanvaard wordt.[ De grens is {maxBytes} bytes.]',
  'problem.unsupported-media-type.title': 'Dit mediatype wordt niet aanvaard',
  'problem.unsupported-media-type.detail':
    'Stuur het inhoudstype dat de beschrijving van deze aanvraag noemt.',
  'problem.unsupported-charset.title': 'Deze tekenset wordt niet aanvaard',
  'problem.unsupported-charset.detail': 'Stuur tekst als UTF-8.',
  'problem.unsupported-encoding.title': 'Deze inhoudscodering wordt niet aanvaard',
  'problem.unsupported-encoding.detail': 'Stuur de inhoud zoals ze is, of gecomprimeerd met gzip.',
  'problem.validation.title': 'De gegevens volgen de regels niet',
  'problem.validation.detail':
    'De velden onder "errors" ontbreken, zijn onbekend of hebben een waarde die niet mag. Verbeter ze en stuur de aanvraag opnieuw.',
  'problem.forbidden-field.title': 'De gegevens bevatten een veld dat de wet hier verbiedt',
  'problem.forbidden-field.detail':
    'Vingerafdrukken, postadres, e-mailadres en gsm-nummer mogen niet worden gestuurd. Er is niets opgeslagen. Verwijder de velden onder "errors".',
  'problem.invalid-token.title': 'Het toegangstoken ontbreekt of is niet geldig',
  'problem.invalid-token.detail': 'Meld u opnieuw aan of vraag een nieuw toegangstoken.',
  'problem.forbidden.title': 'U mag dit niet doen',
  'problem.forbidden.detail':
    'Uw toegangsrechten dekken deze aanvraag niet. Vraag ze aan uw verantwoordelijke als u ze nodig hebt.',
  'problem.not-found.title': 'Niet gevonden',
  'problem.not-found.detail': 'Op dit adres is niets, of niets dat u mag zien.',
  'problem.method-not-allowed.title': 'Deze methode mag hier niet',
  'problem.method-not-allowed.detail': 'Gebruik een van de methoden die de header Allow noemt.',
  'problem.idempotency-mismatch.title': 'De idempotentiesleutel hoort bij een andere aanvraag',
  'problem.idempotency-mismatch.detail':
    'Deze Idempotency-Key is gebruikt voor een aanvraag met andere gegevens. Gebruik een nieuwe sleutel voor een nieuwe aanvraag.',
  'problem.malformed-request.title': 'De aanvraag is niet goed gevormd',
  'problem.malformed-request.detail': 'De aanvraag schendt de regels van HTTP.',
  'problem.headers-too-large.title': 'De headers van de aanvraag zijn te groot',
  'problem.headers-too-large.detail': 'Stuur minder of kortere headers.',
  'problem.request-timeout.title': 'De aanvraag kwam te traag binnen',
  'problem.request-timeout.detail':
    'De verbinding is te traag of werd onderbroken. Stuur de aanvraag opnieuw.',
  'problem.transfer-conflict.title': 'Dit document is al met andere gegevens opgeslagen',
  'problem.transfer-conflict.detail':
    'Een document van dit type en nummer is eerder met een andere inhoud overgedragen. Er is niets gewijzigd. Controleer de overdracht; verbeteren gebeurt door rechtzetting.',
  'problem.retention-over.title': 'De bewaartermijn van dit document is voorbij',
  'problem.retention-over.detail':
    'De wet laat niet meer toe dit document te bewaren. Er is niets opgeslagen.',
  'problem.revision-conflict.title': 'Het record is intussen gewijzigd',
  'problem.revision-conflict.detail':
    'Iemand heeft dit record verbeterd nadat u het las. Lees het opnieuw en stuur uw verbetering met de nieuwe revisie.',
  'problem.suspended.title': 'Vergelijkingen en opzoekingen zijn opgeschort',
  'problem.suspended.detail':
    'De overheid heeft vergelijkingen en opzoekingen opgeschort. Inname, bewaring en de rechten van houders gaan door. De reden en het einde staan onder „suspension”.',
  'problem.second-person-required.title': 'Een tweede persoon moet dit doen',
  'problem.second-person-required.detail':
    'Niemand keurt goed wat hij zelf vroeg, of beoordeelt twee keer wat twee mensen moeten beoordelen. Vraag het een andere bevoegde persoon.',
  'problem.person-required.title': 'Het verzoek zegt niet wie u bent',
  'problem.person-required.detail':
    'Hiervoor is een token nodig dat de persoon achter het verzoek noemt. Meld u aan met uw eigen account.',
  'problem.request-closed.title': 'Dit verzoek staat niet meer open',
  'problem.request-closed.detail':
    'Het verzoek is goedgekeurd, vervangen of verlopen. Doe een nieuw verzoek als het nog gewenst is.',
  'problem.inquiry-refused.title': 'U mag in dit onderzoek niet optreden',
  'problem.inquiry-refused.detail':
    'Noem in de kop ‘Inquiry’ een open onderzoek waarvan u lid bent. Alleen de leden mogen erin optreden, tot het einde ervan.',
  'problem.inquiry-closed.title': 'Dit onderzoek is gesloten',
  'problem.inquiry-closed.detail':
    'Het onderzoek is gesloten of het einde is bereikt. Open een nieuw als het nog nodig is.',
  'problem.review-claimed.title': 'Iemand anders heeft dit onderzoek van foto’s',
  'problem.review-claimed.detail':
    'Neem een ander. Het komt terug in de wachtrij als het wordt vrijgegeven of als de tijd om te beslissen om is.',
  'problem.review-not-yours.title': 'Dit onderzoek van foto’s is niet bij u',
  'problem.review-not-yours.detail':
    'Neem het eerst. Als u het had, is de tijd om te beslissen om en ging het terug naar de wachtrij.',
  'problem.review-closed.title': 'Dit onderzoek van foto’s is klaar',
  'problem.review-closed.detail': 'Het oordeel is gegeven. Laad het opnieuw om te zien wat het werd.',
  'problem.no-face-reference.title': 'De referentiefoto toont geen bruikbaar gezicht',
  'problem.no-face-reference.detail':
    "In een referentiefoto is geen gezicht gevonden. Vergelijk de foto's met het oog.",
  'problem.busy.title': 'De dienst is overbelast',
  'problem.busy.detail': 'Er wachten te veel aanvragen. Stuur de aanvraag straks opnieuw.',
  'problem.rate-limited.title': 'Te veel verzoeken',
  'problem.rate-limited.detail':
    'Zoveel verzoeken per minuut worden niet beantwoord, of er werden te veel onbekende documentnummers gevraagd. Wacht zoveel seconden als de header Retry-After aangeeft en stuur het verzoek dan opnieuw.',
  'problem.auth-unavailable.title': 'Toegangstokens kunnen nu niet worden nagekeken',
  'problem.auth-unavailable.detail':
    'De dienst die de sleutels van de tokens publiceert, is niet bereikbaar. Stuur de aanvraag straks opnieuw.',
  'problem.reading-failed.title': 'Het lezen van de foto werd onderbroken',
  'problem.reading-failed.detail':
    'De foto kon deze keer niet worden gelezen. Stuur de aanvraag straks opnieuw.',
  'problem.deadline-exceeded.title': 'De aanvraag duurde te lang',
  'problem.deadline-exceeded.detail':
    'De foto kon niet op tijd worden verwerkt. Stuur de aanvraag straks opnieuw.',
  'problem.store-unavailable.title': 'De opslag is niet beschikbaar',
  'problem.store-unavailable.detail':
    'De aanvraag kon niet worden vastgelegd en is dus niet uitgevoerd. Stuur ze straks opnieuw.',
  'problem.integrity-failure.title': 'Een opgeslagen gegeven doorstond de integriteitscontrole niet',
  'problem.integrity-failure.detail':
    'Een gegeven in de opslag is beschadigd. De beheerder moet ernaar kijken; de aanvraag kan niet worden beantwoord.',
  'problem.internal.title': 'Er ging iets mis in de dienst',
  'problem.internal.detail':
    'De aanvraag kon niet worden uitgevoerd. Gebeurt het weer, geef de beheerder dan het aanvraagnummer onder "instance".',
  'problem.config-invalid.title': 'De configuratie is niet geldig',
  'problem.config-invalid.detail': 'De beheerder moet de instellingen van de dienst verbeteren.',
  'problem.card-invalid.title': 'Een modelkaart is niet geldig',
  'problem.card-invalid.detail': 'De beheerder moet de beschrijving van een netwerk verbeteren.',
  'problem.model-unknown.title': 'Een netwerk is niet bekend',
  'problem.model-unknown.detail': 'De beheerder moet de naam van een netwerk in de instellingen verbeteren.',
  'problem.model-missing.title': 'Een netwerk is niet gebouwd',
  'problem.model-missing.detail': 'De beheerder moet de netwerken bouwen.',
  'problem.model-corrupt.title': 'Een netwerk is beschadigd',
  'problem.model-corrupt.detail': 'De beheerder moet de netwerken opnieuw bouwen.',
  'problem.weights-unavailable.title': 'De gewichten van een netwerk kunnen niet worden opgehaald',
  'problem.weights-unavailable.detail':
    'De beheerder moet het pakketregister nakijken of het bestand leveren.',
  'problem.weights-mismatch.title': 'De gewichten van een netwerk zijn niet de verwachte',
  'problem.weights-mismatch.detail':
    'De beheerder moet uitzoeken waarom het bestand verschilt van zijn kaart.',
  'problem.calibration-invalid.title': 'Een kalibratie is niet geldig',
  'problem.calibration-invalid.detail': 'De beheerder moet de kalibratie van het netwerk opnieuw maken.',
  'problem.engine-unsupported.title': 'Deze motor kan het netwerk niet uitvoeren',
  'problem.engine-unsupported.detail': 'De beheerder moet een andere motor of een ander netwerk kiezen.',
  'problem.isolation-missing.title': 'Kindprocessen zijn niet geïsoleerd',
  'problem.isolation-missing.detail':
    'De beheerder moet de starter van de kindprocessen bouwen of een kernel met Landlock en seccomp gebruiken.',
  'problem.storage-full.title': 'De opslagruimte is vol',
  'problem.storage-full.detail':
    'Er is niets vastgelegd. De beheerder moet plaats maken; stuur de aanvraag daarna opnieuw.',
  'problem.keyring-invalid.title': 'De sleutelring is niet bruikbaar',
  'problem.keyring-invalid.detail': 'De beheerder moet naar de sleutelring en de hoofdsleutel kijken.',
  'problem.ledger-invalid.title': 'Het vernietigingsregister is niet bruikbaar',
  'problem.ledger-invalid.detail':
    'De beheerder moet naar het register van vernietigde gegevens kijken, dat naast de sleutelring hoort.',
  'problem.backup-invalid.title': 'De back-up is niet bruikbaar',
  'problem.backup-invalid.detail':
    'De beheerder moet naar de back-up kijken: die is onvolledig of werd gewijzigd.',
  'problem.search-disabled.title': 'Zoekopdrachten zijn uitgeschakeld',
  'problem.search-disabled.detail':
    'Deze dienst zoekt geen gezicht in alle gegevens. Wie ervoor verantwoordelijk is, kan dat inschakelen, met een wettelijke grond.',
  'problem.search-closed.title': 'Deze zoekopdracht staat niet meer open',
  'problem.search-closed.detail':
    'Er is over beslist, of ze is afgelopen. Bekijk ze opnieuw om de toestand te zien.',
  'problem.search-failed.title': 'De zoekopdracht is mislukt',
  'problem.search-failed.detail':
    'Het zoekproces is drie keer onverwacht gestopt. Er is niets gevonden en niets bewaard; vraag een nieuwe zoekopdracht aan.',
  'problem.search-stopped.title': 'De zoekopdracht is onderbroken',
  'problem.search-stopped.detail':
    'De dienst werd gestopt voor het zoeken klaar was. Vraag een nieuwe zoekopdracht aan.',
  'problem.probe-unusable.title': 'De foto waarmee gezocht wordt toont geen bruikbaar gezicht',
  'problem.probe-unusable.detail':
    'Er moet één gezicht zijn, groot en duidelijk genoeg. Kies een andere foto.',
  'problem.verification-closed.title': 'Over dit resultaat is geoordeeld',
  'problem.verification-closed.detail':
    'U of twee anderen hebben gezegd wat ze zien. Bekijk de zoekopdracht opnieuw.',
  'problem.clock-implausible.title': 'De klok maakte een onwaarschijnlijke sprong',
  'problem.clock-implausible.detail':
    'Er is niets vernietigd. Controleer de klok van de machine; als ze juist is, start de vernietiging opnieuw met een reden.',
  'problem.destruction-limit.title': 'Er is meer vervallen dan één uitvoering mag vernietigen',
  'problem.destruction-limit.detail':
    'Er is niets vernietigd. Bekijk het plan; als het klopt, start de vernietiging opnieuw met een reden.',
  'problem.migration-refused.title': 'De opslag heeft een onverwachte structuur',
  'problem.migration-refused.detail': 'De beheerder moet de versies van de opslag en de dienst nakijken.',
  'problem.input-invalid.title': 'De invoer is niet bruikbaar',
  'problem.input-invalid.detail': 'Controleer de invoer en probeer opnieuw.',
  'outcome.consistent':
    'De foto stemt overeen met de vroegere paspoorten. Wat het gezicht betreft staat niets de aanvraag in de weg; ga ermee verder. U beslist.',
  'outcome.review':
    'Iemand moet deze aanvraag bekijken voordat er een paspoort wordt gemaakt. Dit is geen weigering: volg de redenen hieronder en geef de aanvraag door voor onderzoek.',
  'outcome.not-comparable':
    'Er was geen vergelijking mogelijk; over het gezicht is dus niets bekend. Volg de redenen hieronder; blijft het onmogelijk, controleer de identiteit dan zoals u zonder deze dienst zou doen.',
  'outcome.trial':
    'Er wordt geen resultaat gegeven: dit gebruik van de dienst is op proef, het berekent en registreert maar beslist niets. Behandel de aanvraag zoals u zonder de dienst zou doen.',
  'reason.identity-conflict':
    'Het rijksregisternummer, de namen met de geboortedatum en de opgegeven documenten leiden niet naar één en dezelfde persoon. Controleer de identiteitsbewijzen.',
  'reason.register-number-invalid':
    'Het rijksregisternummer heeft een fout controlegetal. Kijk na of er een typefout is en vergelijk het met de identiteitsbewijzen.',
  'reason.claimed-document-unknown':
    'Een documentnummer uit de aanvraag staat niet in de opslag. Controleer het nummer; het document kan ook heel recent zijn of nooit hebben bestaan.',
  'reason.too-many-tries':
    "Voor deze aanvraag zijn vele keren foto's ingediend. Iemand moet de foto's naast elkaar bekijken.",
  'reason.failure-no-face':
    'In de foto is geen gezicht gevonden. Neem een nieuwe foto die het hele gezicht van voren toont.',
  'reason.failure-multiple-faces':
    'De foto toont verscheidene gezichten van gelijke grootte. Neem een nieuwe foto van de aanvrager alleen.',
  'reason.failure-face-too-small':
    'Het gezicht in de foto is te klein. Neem een nieuwe foto van dichterbij of scan met een hogere resolutie.',
  'reason.no-reference':
    'In de opslag is geen vroeger paspoort van deze persoon. Controleer de identiteit op een andere manier, bijvoorbeeld met de laatste identiteitskaart.',
  'reason.reference-without-embedding':
    'De foto van een vroeger paspoort kan niet door de machine worden vergeleken. Vergelijk ze met het oog met de nieuwe foto.',
  'reason.quality-too-low':
    'De foto is te onscherp om iets met zekerheid te zeggen. Neem een nieuwe, scherpe foto.',
  'reason.references-disagree':
    "De foto's van de twee vroegere paspoorten lijken niet op elkaar. Misschien toont een ervan niet de houder.",
  'reason.matches-only-one':
    "De foto lijkt op een van de twee vroegere paspoorten, maar niet op het andere. Iemand moet de drie foto's bekijken.",
  'reason.does-not-match':
    "De foto lijkt niet genoeg op de vroegere paspoorten. Iemand moet de foto's bekijken.",
  'notice.newer-document-possible':
    'Een onlangs afgegeven paspoort kan nog niet in de opslag zijn; er kan dus een nieuwer bestaan dan de vergeleken paspoorten.',
  'notice.one-reference-only': 'Er is maar één vroeger paspoort vergeleken, wat minder zegt dan twee.',
};
