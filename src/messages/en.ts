import type { Catalogue } from './catalogue.js';

export const en: Catalogue = {
  'problem.photo-missing.title': 'The photo is missing',
  'problem.photo-missing.detail': 'Add the photo to the request as a file part (with a file name).',
  'problem.photo-empty.title': 'The photo is empty',
  'problem.photo-empty.detail':
    'The image file holds no data. Scan or take the photo again and send it once more.',
  'problem.photo-too-large.title': 'The photo file is too large',
  'problem.photo-too-large.detail':
    'Save the photo as a smaller file and send it again.[ The limit is {maxBytes} bytes.]',
  'problem.unsupported-image.title': 'This kind of image is not accepted',
  'problem.unsupported-image.detail':
    'Send the photo as JPEG, PNG or WebP. Other files are refused, whatever they are called.',
  'problem.image-type-mismatch.title': 'The photo is not of the declared type',
  'problem.image-type-mismatch.detail':
    'The content of the image differs from the media type it was sent with. Declare the true type, or none.',
  'problem.image-too-many-pixels.title': 'The photo has too many pixels',
  'problem.image-too-many-pixels.detail':
    'Scan the photo at a lower resolution.[ The limit is {maxPixels} pixels.]',
  'problem.image-dimensions.title': 'The photo has an unusable size',
  'problem.image-dimensions.detail':
    'The image is too small or too narrow to be a portrait. Scan or take the photo again.',
  'problem.image-corrupt.title': 'The photo is damaged',
  'problem.image-corrupt.detail':
    'The image file is incomplete or damaged. Scan or take the photo again and send it once more.',
  'problem.image-colour.title': 'The colours of the photo cannot be read',
  'problem.image-colour.detail':
    'Save the photo as an ordinary colour (sRGB) or grey image and send it again.',
  'problem.too-many-parts.title': 'The request has too many parts',
  'problem.too-many-parts.detail': 'Send every part once, and only the parts this request knows.',
  'problem.unexpected-part.title': 'The request has a part that is not expected',
  'problem.unexpected-part.detail':
    'One part has a name or a form this request does not know. Check the names of the parts.',
  'problem.malformed-multipart.title': 'The form data cannot be read',
  'problem.malformed-multipart.detail':
    'The multipart body is incomplete or not well formed. Send the request again; if it happens again, tell the maker of your application.',
  'problem.malformed-json.title': 'The JSON cannot be read',
  'problem.malformed-json.detail': 'The JSON is not well formed, or an object names a field twice.',
  'problem.body-missing.title': 'The data is missing',
  'problem.body-missing.detail': 'The request lacks its JSON data, or the data is empty.',
  'problem.body-too-large.title': 'The request is too large',
  'problem.body-too-large.detail':
    'The request holds more data than is accepted.[ The limit is {maxBytes} bytes.]',
  'problem.unsupported-media-type.title': 'This media type is not accepted',
  'problem.unsupported-media-type.detail':
    'Send the content type that the description of this request names.',
  'problem.unsupported-charset.title': 'This character set is not accepted',
  'problem.unsupported-charset.detail': 'Send text as UTF-8.',
  'problem.unsupported-encoding.title': 'This content encoding is not accepted',
  'problem.unsupported-encoding.detail': 'Send the body as it is, or compressed with gzip.',
  'problem.validation.title': 'The data does not follow the rules',
  'problem.validation.detail':
    'The fields listed under "errors" are missing, unknown or have a value that is not allowed. Correct them and send the request again.',
  'problem.forbidden-field.title': 'The data holds a field that the law forbids here',
  'problem.forbidden-field.detail':
    'Fingerprints, postal address, e-mail address and mobile number may not be sent. Nothing was stored. Remove the fields listed under "errors".',
  'problem.invalid-token.title': 'The access token is missing or not valid',
  'problem.invalid-token.detail': 'Sign in again, or ask for a new access token.',
  'problem.forbidden.title': 'You may not do this',
  'problem.forbidden.detail':
    'Your access rights do not cover this request. Ask your supervisor if you need them.',
  'problem.not-found.title': 'Not found',
  'problem.not-found.detail': 'There is nothing at this address, or nothing that you may see.',
  'problem.method-not-allowed.title': 'This method is not allowed here',
  'problem.method-not-allowed.detail': 'Use one of the methods that the header Allow names.',
  'problem.idempotency-mismatch.title': 'The idempotency key belongs to another request',
  'problem.idempotency-mismatch.detail':
    'This Idempotency-Key was used for a request with other data. Use a new key for a new request.',
  'problem.malformed-request.title': 'The request is not well formed',
  'problem.malformed-request.detail': 'The request breaks the rules of HTTP.',
  'problem.headers-too-large.title': 'The headers of the request are too large',
  'problem.headers-too-large.detail': 'Send fewer or shorter headers.',
  'problem.request-timeout.title': 'The request took too long to arrive',
  'problem.request-timeout.detail': 'The connection is too slow or was interrupted. Send the request again.',
  'problem.transfer-conflict.title': 'This document is already stored with other data',
  'problem.transfer-conflict.detail':
    'A document of this type and number was transferred before with a different content. Nothing was changed. Check the transfer; corrections are made by rectification.',
  'problem.retention-over.title': 'The retention period of this document is over',
  'problem.retention-over.detail': 'The law no longer allows this document to be kept. Nothing was stored.',
  'problem.revision-conflict.title': 'The record was changed meanwhile',
  'problem.revision-conflict.detail':
    'Somebody corrected this record after you read it. Read it again, then send your correction with the new revision.',
  'problem.suspended.title': 'Comparisons and searches are suspended',
  'problem.suspended.detail':
    'The authority has suspended comparisons and searches. Intake, retention and the rights of holders go on. The reason and the end are given under "suspension".',
  'problem.second-person-required.title': 'A second person has to do this',
  'problem.second-person-required.detail':
    'Nobody approves what they asked for, or judges twice what two people have to judge. Ask another authorised person.',
  'problem.person-required.title': 'The request does not say who you are',
  'problem.person-required.detail':
    'This needs a token that names the person behind the request. Sign in with your own account.',
  'problem.request-closed.title': 'This request is no longer open',
  'problem.request-closed.detail':
    'The request was approved, replaced or has expired. Make a new one if it is still wanted.',
  'problem.inquiry-refused.title': 'You may not act in this inquiry',
  'problem.inquiry-refused.detail':
    'Name an inquiry that is open and that you are a member of in the header “Inquiry”. Only its members may act in it, until its end.',
  'problem.inquiry-closed.title': 'This inquiry is closed',
  'problem.inquiry-closed.detail':
    'The inquiry was closed or its end has come. Open a new one if it is still needed.',
  'problem.review-claimed.title': 'Somebody else has this review',
  'problem.review-claimed.detail':
    'Take another one. It comes back to the queue when it is released, or when the time to decide it is over.',
  'problem.review-not-yours.title': 'This review is not with you',
  'problem.review-not-yours.detail':
    'Take it first. If you had it, the time to decide it is over and it went back to the queue.',
  'problem.review-closed.title': 'This review is done',
  'problem.review-closed.detail': 'Its verdict was given. Load it again to see what it came to.',
  'problem.no-face-reference.title': 'The reference photo shows no usable face',
  'problem.no-face-reference.detail':
    'No face could be found in a reference photo. Compare the photos by eye.',
  'problem.busy.title': 'The service is busy',
  'problem.busy.detail': 'Too many requests are waiting. Send the request again in a moment.',
  'problem.rate-limited.title': 'Too many requests',
  'problem.rate-limited.detail':
    'So many requests are not answered within a minute, or too many unknown document numbers were asked for. Wait as many seconds as the header Retry-After says, then send the request again.',
  'problem.auth-unavailable.title': 'Access tokens cannot be checked at the moment',
  'problem.auth-unavailable.detail':
    'The service that publishes the token keys cannot be reached. Send the request again in a moment.',
  'problem.reading-failed.title': 'Reading the photo was interrupted',
  'problem.reading-failed.detail':
    'The photo could not be read this time. Send the request again in a moment.',
  'problem.deadline-exceeded.title': 'The request took too long',
  'problem.deadline-exceeded.detail':
    'The photo could not be processed in time. Send the request again in a moment.',
  'problem.store-unavailable.title': 'The store is not available',
  'problem.store-unavailable.detail':
    'The request could not be recorded, so it was not carried out. Send it again in a moment.',
  'problem.integrity-failure.title': 'A stored record failed its integrity check',
  'problem.integrity-failure.detail':
    'A record in the store is damaged. The operator has to look at it; the request cannot be answered.',
  'problem.internal.title': 'Something went wrong in the service',
  'problem.internal.detail':
    'The request could not be carried out. If it happens again, give the operator the request number under "instance".',
  'problem.config-invalid.title': 'The configuration is not valid',
  'problem.config-invalid.detail': 'The operator has to correct the settings of the service.',
  'problem.card-invalid.title': 'A model card is not valid',
  'problem.card-invalid.detail': 'The operator has to correct the description of a network.',
  'problem.model-unknown.title': 'A network is not known',
  'problem.model-unknown.detail': 'The operator has to correct the name of a network in the settings.',
  'problem.model-missing.title': 'A network has not been built',
  'problem.model-missing.detail': 'The operator has to build the networks.',
  'problem.model-corrupt.title': 'A network is damaged',
  'problem.model-corrupt.detail': 'The operator has to build the networks again.',
  'problem.weights-unavailable.title': 'The weights of a network cannot be fetched',
  'problem.weights-unavailable.detail': 'The operator has to check the package registry or give the file.',
  'problem.weights-mismatch.title': 'The weights of a network are not the expected ones',
  'problem.weights-mismatch.detail': 'The operator has to find out why the file differs from its card.',
  'problem.calibration-invalid.title': 'A calibration is not valid',
  'problem.calibration-invalid.detail': 'The operator has to make the calibration of the network again.',
  'problem.engine-unsupported.title': 'This engine cannot run the network',
  'problem.engine-unsupported.detail': 'The operator has to choose another engine or network.',
  'problem.isolation-missing.title': 'Child processes are not isolated',
  'problem.isolation-missing.detail':
    'The operator has to build the launcher of child processes or use a kernel that has Landlock and seccomp.',
  'problem.storage-full.title': 'The storage is full',
  'problem.storage-full.detail':
    'Nothing was recorded. The operator has to make room; then send the request again.',
  'problem.keyring-invalid.title': 'The keyring cannot be used',
  'problem.keyring-invalid.detail': 'The operator has to look at the keyring and the master key.',
  'problem.ledger-invalid.title': 'The destruction ledger cannot be used',
  'problem.ledger-invalid.detail':
    'The operator has to look at the ledger of destroyed records, which belongs beside the keyring.',
  'problem.backup-invalid.title': 'The backup cannot be used',
  'problem.backup-invalid.detail': 'The operator has to look at the backup: it is incomplete or was changed.',
  'problem.search-disabled.title': 'Searches are switched off',
  'problem.search-disabled.detail':
    'This service does not search one face against the store. Whoever is responsible for it can switch that on, with its legal ground.',
  'problem.search-closed.title': 'This search is no longer open',
  'problem.search-closed.detail': 'It was decided, or has ended. Look at it again to see its state.',
  'problem.search-failed.title': 'The search failed',
  'problem.search-failed.detail':
    'The process that searched ended unexpectedly, three times. Nothing was found and nothing was kept; ask for a new search.',
  'problem.search-stopped.title': 'The search was stopped',
  'problem.search-stopped.detail': 'The service was stopped before the search ended. Ask for a new search.',
  'problem.probe-unusable.title': 'The photo to search for shows no usable face',
  'problem.probe-unusable.detail': 'There must be one face, large and clear enough. Choose another photo.',
  'problem.verification-closed.title': 'This finding has its verdicts',
  'problem.verification-closed.detail':
    'You or two others have said what they see. Look at the search again.',
  'problem.clock-implausible.title': 'The clock moved implausibly',
  'problem.clock-implausible.detail':
    'Nothing was destroyed. Check the clock of the machine; when it is right, repeat the run with a reason.',
  'problem.destruction-limit.title': 'More is due than one run may destroy',
  'problem.destruction-limit.detail':
    'Nothing was destroyed. Look at the plan; when it is right, repeat the run with a reason.',
  'problem.migration-refused.title': 'The store has an unexpected structure',
  'problem.migration-refused.detail': 'The operator has to check the versions of the store and the service.',
  'problem.input-invalid.title': 'The input cannot be used',
  'problem.input-invalid.detail': 'Check the input and try again.',
  'outcome.consistent':
    'The photo agrees with the earlier passports. Nothing stands in the way as far as the face is concerned; go on with the application. You decide.',
  'outcome.review':
    'A person has to look at this application before a passport is made. This is not a refusal: follow the reasons below and pass the application on for review.',
  'outcome.not-comparable':
    'No comparison was possible, so nothing is known about the face. Follow the reasons below; if it stays impossible, check the identity as you would without this service.',
  'outcome.trial':
    'No result is given: this use of the service is on trial, so it computes and records but decides nothing. Handle the application as you would without it.',
  'reason.identity-conflict':
    'The register number, the names with the birth date and the claimed documents do not lead to one and the same person. Check the identity papers.',
  'reason.register-number-invalid':
    'The National Register number has a wrong check number. Check it for typing errors and compare it with the identity papers.',
  'reason.claimed-document-unknown':
    'A document number in the application is not in the store. Check the number; the document may also be very recent or never have existed.',
  'reason.too-many-tries':
    'Photos were submitted many times for this application. A person has to look at the photos side by side.',
  'reason.failure-no-face':
    'No face was found in the photo. Take a new photo that shows the whole face from the front.',
  'reason.failure-multiple-faces':
    'The photo shows several faces of similar size. Take a new photo of the applicant alone.',
  'reason.failure-face-too-small':
    'The face in the photo is too small. Take a new photo from nearer, or scan at a higher resolution.',
  'reason.no-reference':
    'There is no earlier passport of this person in the store. Check the identity by other means, such as the latest identity card.',
  'reason.reference-without-embedding':
    'An earlier passport has a photo that cannot be compared by machine. Compare it with the new photo by eye.',
  'reason.quality-too-low': 'The photo is too blurred to say anything for certain. Take a new, sharp photo.',
  'reason.references-disagree':
    'The photos of the two earlier passports do not resemble each other. One of them may not show the holder.',
  'reason.matches-only-one':
    'The photo resembles one of the two earlier passports but not the other. A person has to look at all three photos.',
  'reason.does-not-match':
    'The photo does not resemble the earlier passports closely enough. A person has to look at the photos.',
  'notice.newer-document-possible':
    'A passport issued recently may not have reached the store yet, so a newer one than those compared is possible.',
  'notice.one-reference-only': 'Only one earlier passport was compared, which says less than two would.',
};
