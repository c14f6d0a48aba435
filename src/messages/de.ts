import type { Catalogue } from './catalogue.js';

export const de: Catalogue = {
  'problem.photo-missing.title': 'Das Foto fehlt',
  'problem.photo-missing.detail': 'Fügen Sie das Foto der Anfrage als Datei (mit einem Dateinamen) bei.',
  'problem.photo-empty.title': 'Das Foto ist leer',
  'problem.photo-empty.detail':
    'Die Bilddatei enthält keine Daten. Scannen oder machen Sie das Foto neu und senden Sie es noch einmal.',
  'problem.photo-too-large.title': 'Die Fotodatei ist zu groß',
  'problem.photo-too-large.detail':
    'Speichern Sie das Foto als kleinere Datei und senden Sie es erneut.[ Die Grenze liegt bei {maxBytes} Bytes.]',
  'problem.unsupported-image.title': 'Diese Art von Bild wird nicht angenommen',
  'problem.unsupported-image.detail':
    'Senden Sie das Foto als JPEG, PNG oder WebP. Andere Dateien werden abgelehnt, gleich wie sie heißen.',
  'problem.image-type-mismatch.title': 'Das Foto hat nicht den angegebenen Typ',
  'problem.image-type-mismatch.detail':
    'Der Inhalt des Bildes weicht vom angegebenen Medientyp ab. Geben Sie den richtigen Typ an oder keinen.',
  'problem.image-too-many-pixels.title': 'Das Foto hat zu viele Pixel',
  'problem.image-too-many-pixels.detail':
    'Scannen Sie das Foto mit geringerer Auflösung.[ Die Grenze liegt bei {maxPixels} Pixeln.]',
  'problem.image-dimensions.title': 'Das Foto hat unbrauchbare Abmessungen',
  'problem.image-dimensions.detail':
    'Das Bild ist für ein Porträt zu klein oder zu schmal. Scannen oder machen Sie das Foto neu.',
  'problem.image-corrupt.title': 'Das Foto ist beschädigt',
  'problem.image-corrupt.detail':
    'Die Bilddatei ist unvollständig oder beschädigt. Scannen oder machen Sie das Foto neu und senden Sie es noch einmal.',
  'problem.image-colour.title': 'Die Farben des Fotos sind nicht lesbar',
  'problem.image-colour.detail':
    'Speichern Sie das Foto als gewöhnliches Farbbild (sRGB) oder Graubild und senden Sie es erneut.',
  'problem.too-many-parts.title': 'Die Anfrage hat zu viele Teile',
  'problem.too-many-parts.detail':
    'Senden Sie jeden Teil nur einmal und nur die Teile, die diese Anfrage kennt.',
  'problem.unexpected-part.title': 'Die Anfrage enthält einen unerwarteten Teil',
  'problem.unexpected-part.detail':
    'Ein Teil hat einen Namen oder eine Form, die diese Anfrage nicht kennt. Prüfen Sie die Namen der Teile.',
  'problem.malformed-multipart.title': 'Die Formulardaten sind nicht lesbar',
  'problem.malformed-multipart.detail':
    'Der Multipart-Inhalt ist unvollständig oder fehlerhaft aufgebaut. Senden Sie die Anfrage erneut; geschieht es wieder, verständigen Sie den Hersteller Ihrer Anwendung.',
  'problem.malformed-json.title': 'Das JSON ist nicht lesbar',
  'problem.malformed-json.detail':
    'Das JSON ist fehlerhaft aufgebaut, oder ein Objekt nennt ein Feld zweimal.',
  'problem.body-missing.title': 'Die Daten fehlen',
  'problem.body-missing.detail': 'Die JSON-Daten der Anfrage fehlen oder sind leer.',
  'problem.body-too-large.title': 'Die Anfrage ist zu groß',
  'problem.body-too-large.detail':
    'Die Anfrage enthält mehr Daten als angenommen werden.[ Die Grenze liegt bei {maxBytes} Bytes.]',
  'problem.unsupported-media-type.title': 'Dieser Medientyp wird nicht angenommen',
  'problem.unsupported-media-type.detail':
    'Senden Sie den Inhaltstyp, den die Beschreibung dieser Anfrage nennt.',
  'problem.unsupported-charset.title': 'Dieser Zeichensatz wird nicht angenommen',
  'problem.unsupported-charset.detail': 'Senden Sie Text als UTF-8.',
  'problem.unsupported-encoding.title': 'Diese Inhaltskodierung wird nicht angenommen',
  'problem.unsupported-encoding.detail': 'Senden Sie den Inhalt unverändert oder mit gzip komprimiert.',
  'problem.validation.title': 'Die Daten entsprechen nicht den Regeln',
  'problem.validation.detail':
    'Die unter „errors“ genannten Felder fehlen, sind unbekannt oder haben einen unzulässigen Wert. Berichtigen Sie sie und senden Sie die Anfrage erneut.',
  'problem.forbidden-field.title': 'Die Daten enthalten ein Feld, das das Gesetz hier verbietet',
  'problem.forbidden-field.detail':
    'Fingerabdrücke, Postanschrift, E-Mail-Adresse und Handynummer dürfen nicht gesendet werden. Es wurde nichts gespeichert. Entfernen Sie die unter „errors“ genannten Felder.',
  'problem.invalid-token.title': 'Das Zugriffstoken fehlt oder ist nicht gültig',
  'problem.invalid-token.detail': 'Melden Sie sich neu an oder fordern Sie ein neues Zugriffstoken an.',
  'problem.forbidden.title': 'Das dürfen Sie nicht',
  'problem.forbidden.detail':
    'Ihre Zugriffsrechte decken diese Anfrage nicht ab. Wenden Sie sich an Ihre Leitung, wenn Sie sie brauchen.',
  'problem.not-found.title': 'Nicht gefunden',
  'problem.not-found.detail': 'Unter dieser Adresse gibt es nichts oder nichts, was Sie sehen dürfen.',
  'problem.method-not-allowed.title': 'Diese Methode ist hier nicht erlaubt',
  'problem.method-not-allowed.detail': 'Verwenden Sie eine der Methoden, die der Header Allow nennt.',
  'problem.idempotency-mismatch.title': 'Der Idempotenzschlüssel gehört zu einer anderen Anfrage',
  'problem.idempotency-mismatch.detail':
    'Dieser Idempotency-Key wurde für eine Anfrage mit anderen Daten verwendet. Verwenden Sie für eine neue Anfrage einen neuen Schlüssel.',
  'problem.malformed-request.title': 'Die Anfrage ist fehlerhaft aufgebaut',
  'problem.malformed-request.detail': 'Die Anfrage verletzt die Regeln von HTTP.',
  'problem.headers-too-large.title': 'Die Header der Anfrage sind zu groß',
  'problem.headers-too-large.detail': 'Senden Sie weniger oder kürzere Header.',
  'problem.request-timeout.title': 'Die Anfrage kam zu langsam an',
  'problem.request-timeout.detail':
    'Die Verbindung ist zu langsam oder wurde unterbrochen. Senden Sie die Anfrage erneut.',
  'problem.transfer-conflict.title': 'Dieses Dokument ist bereits mit anderen Daten gespeichert',
  'problem.transfer-conflict.detail':
    'Ein Dokument dieser Art und Nummer wurde schon mit anderem Inhalt übermittelt. Es wurde nichts geändert. Prüfen Sie die Übermittlung; berichtigt wird über die Berichtigung.',
  'problem.retention-over.title': 'Die Aufbewahrungsfrist dieses Dokuments ist abgelaufen',
  'problem.retention-over.detail':
    'Das Gesetz erlaubt nicht mehr, dieses Dokument aufzubewahren. Es wurde nichts gespeichert.',
  'problem.revision-conflict.title': 'Der Datensatz wurde inzwischen geändert',
  'problem.revision-conflict.detail':
    'Jemand hat diesen Datensatz berichtigt, nachdem Sie ihn gelesen haben. Lesen Sie ihn erneut und senden Sie Ihre Berichtigung mit der neuen Revision.',
  'problem.suspended.title': 'Vergleiche und Suchen sind ausgesetzt',
  'problem.suspended.detail':
    'Die Behörde hat Vergleiche und Suchen ausgesetzt. Aufnahme, Aufbewahrung und die Rechte der Inhaber gelten weiter. Grund und Ende stehen unter „suspension“.',
  'problem.second-person-required.title': 'Das muss eine zweite Person tun',
  'problem.second-person-required.detail':
    'Niemand genehmigt, was er selbst beantragt hat, oder beurteilt zweimal, was zwei Personen beurteilen müssen. Wenden Sie sich an eine andere befugte Person.',
  'problem.person-required.title': 'Die Anfrage sagt nicht, wer Sie sind',
  'problem.person-required.detail':
    'Dafür ist ein Token nötig, das die Person hinter der Anfrage nennt. Melden Sie sich mit Ihrem eigenen Konto an.',
  'problem.request-closed.title': 'Dieser Antrag ist nicht mehr offen',
  'problem.request-closed.detail':
    'Der Antrag wurde genehmigt, ersetzt oder ist abgelaufen. Stellen Sie einen neuen, wenn er noch gewünscht wird.',
  'problem.inquiry-refused.title': 'Sie dürfen in dieser Untersuchung nicht handeln',
  'problem.inquiry-refused.detail':
    'Nennen Sie im Header „Inquiry“ eine offene Untersuchung, der Sie angehören. Nur ihre Mitglieder dürfen bis zu ihrem Ende darin handeln.',
  'problem.inquiry-closed.title': 'Diese Untersuchung ist abgeschlossen',
  'problem.inquiry-closed.detail':
    'Die Untersuchung wurde abgeschlossen oder ihr Ende ist erreicht. Eröffnen Sie eine neue, wenn sie noch nötig ist.',
  'problem.review-claimed.title': 'Jemand anders hat diese Prüfung',
  'problem.review-claimed.detail':
    'Nehmen Sie eine andere. Sie kommt in die Warteschlange zurück, wenn sie freigegeben wird oder die Zeit dafür um ist.',
  'problem.review-not-yours.title': 'Diese Prüfung ist nicht bei Ihnen',
  'problem.review-not-yours.detail':
    'Übernehmen Sie sie zuerst. Hatten Sie sie schon, ist die Zeit dafür um und sie ist wieder in der Warteschlange.',
  'problem.review-closed.title': 'Diese Prüfung ist abgeschlossen',
  'problem.review-closed.detail': 'Das Urteil wurde gefällt. Laden Sie sie neu, um das Ergebnis zu sehen.',
  'problem.no-face-reference.title': 'Das Referenzfoto zeigt kein brauchbares Gesicht',
  'problem.no-face-reference.detail':
    'In einem Referenzfoto wurde kein Gesicht gefunden. Vergleichen Sie die Fotos mit dem Auge.',
  'problem.busy.title': 'Der Dienst ist ausgelastet',
  'problem.busy.detail': 'Zu viele Anfragen warten. Senden Sie die Anfrage gleich noch einmal.',
  'problem.rate-limited.title': 'Zu viele Anfragen',
  'problem.rate-limited.detail':
    'So viele Anfragen in einer Minute werden nicht beantwortet, oder es wurde nach zu vielen unbekannten Dokumentnummern gefragt. Warten Sie so viele Sekunden, wie die Kopfzeile Retry-After angibt, und senden Sie die Anfrage dann noch einmal.',
  'problem.auth-unavailable.title': 'Zugriffstokens können im Augenblick nicht geprüft werden',
  'problem.auth-unavailable.detail':
    'Der Dienst, der die Schlüssel der Tokens veröffentlicht, ist nicht erreichbar. Senden Sie die Anfrage gleich noch einmal.',
  'problem.reading-failed.title': 'Das Lesen des Fotos wurde unterbrochen',
  'problem.reading-failed.detail':
    'Das Foto konnte diesmal nicht gelesen werden. Senden Sie die Anfrage gleich noch einmal.',
  'problem.deadline-exceeded.title': 'Die Anfrage hat zu lange gedauert',
  'problem.deadline-exceeded.detail':
    'Das Foto konnte nicht rechtzeitig verarbeitet werden. Senden Sie die Anfrage gleich noch einmal.',
  'problem.store-unavailable.title': 'Der Speicher ist nicht verfügbar',
  'problem.store-unavailable.detail':
    'Die Anfrage konnte nicht festgehalten werden und wurde daher nicht ausgeführt. Senden Sie sie gleich noch einmal.',
  'problem.integrity-failure.title': 'Ein gespeicherter Datensatz hat die Integritätsprüfung nicht bestanden',
  'problem.integrity-failure.detail':
    'Ein Datensatz im Speicher ist beschädigt. Der Betreiber muss ihn ansehen; die Anfrage kann nicht beantwortet werden.',
  'problem.internal.title': 'Im Dienst ist ein Fehler aufgetreten',
  'problem.internal.detail':
    'Die Anfrage konnte nicht ausgeführt werden. Geschieht es wieder, nennen Sie dem Betreiber die Anfragenummer unter „instance“.',
  'problem.config-invalid.title': 'Die Konfiguration ist nicht gültig',
  'problem.config-invalid.detail': 'Der Betreiber muss die Einstellungen des Dienstes berichtigen.',
  'problem.card-invalid.title': 'Eine Modellkarte ist nicht gültig',
  'problem.card-invalid.detail': 'Der Betreiber muss die Beschreibung eines Netzes berichtigen.',
  'problem.model-unknown.title': 'Ein Netz ist nicht bekannt',
  'problem.model-unknown.detail':
    'Der Betreiber muss den Namen eines Netzes in den Einstellungen berichtigen.',
  'problem.model-missing.title': 'Ein Netz wurde nicht gebaut',
  'problem.model-missing.detail': 'Der Betreiber muss die Netze bauen.',
  'problem.model-corrupt.title': 'Ein Netz ist beschädigt',
  'problem.model-corrupt.detail': 'Der Betreiber muss die Netze neu bauen.',
  'problem.weights-unavailable.title': 'Die Gewichte eines Netzes sind nicht erreichbar',
  'problem.weights-unavailable.detail': 'Der Betreiber muss die Paketquelle prüfen oder die Datei angeben.',
  'problem.weights-mismatch.title': 'Die Gewichte eines Netzes sind nicht die erwarteten',
  'problem.weights-mismatch.detail': 'Der Betreiber muss klären, warum die Datei von ihrer Karte abweicht.',
  'problem.calibration-invalid.title': 'Eine Kalibrierung ist nicht gültig',
  'problem.calibration-invalid.detail': 'Der Betreiber muss die Kalibrierung des Netzes neu erstellen.',
  'problem.engine-unsupported.title': 'Diese Engine kann das Netz nicht ausführen',
  'problem.engine-unsupported.detail': 'Der Betreiber muss eine andere Engine oder ein anderes Netz wählen.',
  'problem.isolation-missing.title': 'Kindprozesse sind nicht isoliert',
  'problem.isolation-missing.detail':
    'Der Betreiber muss den Starter der Kindprozesse bauen oder einen Kernel mit Landlock und seccomp verwenden.',
  'problem.storage-full.title': 'Der Speicherplatz ist voll',
  'problem.storage-full.detail':
    'Es wurde nichts festgehalten. Der Betreiber muss Platz schaffen; senden Sie die Anfrage danach erneut.',
  'problem.keyring-invalid.title': 'Der Schlüsselbund ist nicht brauchbar',
  'problem.keyring-invalid.detail': 'Der Betreiber muss den Schlüsselbund und den Hauptschlüssel prüfen.',
  'problem.ledger-invalid.title': 'Das Vernichtungsverzeichnis ist nicht brauchbar',
  'problem.ledger-invalid.detail':
    'Der Betreiber muss das Verzeichnis der vernichteten Daten prüfen, das neben den Schlüsselbund gehört.',
  'problem.backup-invalid.title': 'Die Sicherung ist nicht brauchbar',
  'problem.backup-invalid.detail':
    'Der Betreiber muss die Sicherung prüfen: sie ist unvollständig oder wurde verändert.',
  'problem.search-disabled.title': 'Suchen sind ausgeschaltet',
  'problem.search-disabled.detail':
    'Dieser Dienst sucht kein Gesicht im gesamten Bestand. Wer für ihn verantwortlich ist, kann das mit einer Rechtsgrundlage einschalten.',
  'problem.search-closed.title': 'Diese Suche ist nicht mehr offen',
  'problem.search-closed.detail':
    'Über sie wurde entschieden, oder sie ist beendet. Sehen Sie sie erneut an, um ihren Stand zu sehen.',
  'problem.search-failed.title': 'Die Suche ist fehlgeschlagen',
  'problem.search-failed.detail':
    'Der Suchprozess endete dreimal unerwartet. Es wurde nichts gefunden und nichts behalten; beantragen Sie eine neue Suche.',
  'problem.search-stopped.title': 'Die Suche wurde abgebrochen',
  'problem.search-stopped.detail':
    'Der Dienst wurde vor dem Ende der Suche angehalten. Beantragen Sie eine neue Suche.',
  'problem.probe-unusable.title': 'Das Foto, nach dem gesucht wird, zeigt kein brauchbares Gesicht',
  'problem.probe-unusable.detail':
    'Es muss genau ein Gesicht zeigen, groß und klar genug. Wählen Sie ein anderes Foto.',
  'problem.verification-closed.title': 'Zu diesem Treffer liegen die Urteile vor',
  'problem.verification-closed.detail':
    'Sie oder zwei andere haben gesagt, was sie sehen. Sehen Sie die Suche erneut an.',
  'problem.clock-implausible.title': 'Die Uhr machte einen unwahrscheinlichen Sprung',
  'problem.clock-implausible.detail':
    'Es wurde nichts vernichtet. Prüfen Sie die Uhr der Maschine; geht sie richtig, starten Sie die Vernichtung erneut mit einem Grund.',
  'problem.destruction-limit.title': 'Es ist mehr fällig, als ein Lauf vernichten darf',
  'problem.destruction-limit.detail':
    'Es wurde nichts vernichtet. Prüfen Sie den Plan; stimmt er, starten Sie die Vernichtung erneut mit einem Grund.',
  'problem.migration-refused.title': 'Der Speicher hat einen unerwarteten Aufbau',
  'problem.migration-refused.detail':
    'Der Betreiber muss die Versionen des Speichers und des Dienstes prüfen.',
  'problem.input-invalid.title': 'Die Eingabe ist nicht brauchbar',
  'problem.input-invalid.detail': 'Prüfen Sie die Eingabe und versuchen Sie es erneut.',
  'outcome.consistent':
    'Das Foto stimmt mit den früheren Pässen überein. Was das Gesicht betrifft, steht dem Antrag nichts entgegen; fahren Sie fort. Sie entscheiden.',
  'outcome.review':
    'Ein Mensch muss diesen Antrag ansehen, bevor ein Pass hergestellt wird. Das ist keine Ablehnung: Folgen Sie den Gründen unten und geben Sie den Antrag zur Prüfung weiter.',
  'outcome.not-comparable':
    'Es war kein Vergleich möglich; über das Gesicht ist also nichts bekannt. Folgen Sie den Gründen unten; bleibt es unmöglich, prüfen Sie die Identität so, wie Sie es ohne diesen Dienst täten.',
  'outcome.trial':
    'Es wird kein Ergebnis genannt: Diese Nutzung des Dienstes wird erprobt, sie rechnet und zeichnet auf, entscheidet aber nichts. Behandeln Sie den Antrag wie ohne den Dienst.',
  'reason.identity-conflict':
    'Die Nationalregisternummer, die Namen mit dem Geburtsdatum und die angegebenen Dokumente führen nicht zu ein und derselben Person. Prüfen Sie die Ausweispapiere.',
  'reason.register-number-invalid':
    'Die Nationalregisternummer hat eine falsche Prüfzahl. Suchen Sie nach Tippfehlern und vergleichen Sie sie mit den Ausweispapieren.',
  'reason.claimed-document-unknown':
    'Eine Dokumentnummer des Antrags ist nicht im Speicher. Prüfen Sie die Nummer; das Dokument kann auch sehr neu sein oder nie bestanden haben.',
  'reason.too-many-tries':
    'Für diesen Antrag wurden sehr oft Fotos eingereicht. Ein Mensch muss die Fotos nebeneinander ansehen.',
  'reason.failure-no-face':
    'Im Foto wurde kein Gesicht gefunden. Machen Sie ein neues Foto, das das ganze Gesicht von vorn zeigt.',
  'reason.failure-multiple-faces':
    'Das Foto zeigt mehrere Gesichter ähnlicher Größe. Machen Sie ein neues Foto nur von der antragstellenden Person.',
  'reason.failure-face-too-small':
    'Das Gesicht im Foto ist zu klein. Machen Sie ein neues Foto aus größerer Nähe oder scannen Sie mit höherer Auflösung.',
  'reason.no-reference':
    'Im Speicher ist kein früherer Pass dieser Person. Prüfen Sie die Identität auf anderem Weg, etwa mit dem letzten Personalausweis.',
  'reason.reference-without-embedding':
    'Das Foto eines früheren Passes lässt sich nicht maschinell vergleichen. Vergleichen Sie es mit dem Auge mit dem neuen Foto.',
  'reason.quality-too-low':
    'Das Foto ist zu unscharf für eine sichere Aussage. Machen Sie ein neues, scharfes Foto.',
  'reason.references-disagree':
    'Die Fotos der beiden früheren Pässe ähneln einander nicht. Vielleicht zeigt eines davon nicht den Inhaber.',
  'reason.matches-only-one':
    'Das Foto ähnelt einem der beiden früheren Pässe, dem anderen aber nicht. Ein Mensch muss alle drei Fotos ansehen.',
  'reason.does-not-match':
    'Das Foto ähnelt den früheren Pässen nicht genug. Ein Mensch muss die Fotos ansehen.',
  'notice.newer-document-possible':
    'Ein kürzlich ausgestellter Pass ist vielleicht noch nicht im Speicher; es kann also einen neueren geben als die verglichenen.',
  'notice.one-reference-only': 'Es wurde nur ein früherer Pass verglichen, was weniger aussagt als zwei.',
};
