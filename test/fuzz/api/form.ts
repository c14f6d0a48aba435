import { boundary, formBytes, type PartSpec } from '../../http/harness.js';

/** A form that is right, in bytes that are not: each takes the form and a number to choose a place by. */
export const formSpoils: Readonly<Record<string, (form: Buffer, at: number) => Buffer>> = {
  'cut off': (form, at) => form.subarray(0, at % form.length),
  'last boundary missing': (form) => form.subarray(0, form.length - boundary.length - 6),
  'line feeds only': (form) => Buffer.from(form.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  'another boundary': (form) =>
    Buffer.from(form.toString('latin1').replaceAll(boundary, 'zqOther'), 'latin1'),
  'something in front': (form) => Buffer.concat([Buffer.from('zq10Plant\r\n'), form]),
  'something behind': (form) => Buffer.concat([form, Buffer.from('zq11Plant'.repeat(200))]),
  'boundary within the content': (form, at) => inserted(form, at, Buffer.from(`\r\n--${boundary}\r\n`)),
  'end within the content': (form, at) => inserted(form, at, Buffer.from(`\r\n--${boundary}--\r\n`)),
  'a byte flipped': (form, at) => {
    const changed = Buffer.from(form);
    const place = at % Math.min(form.length, 400);
    changed[place] = (changed[place] ?? 0) ^ (1 << (at % 8));
    return changed;
  },
  'a NUL': (form, at) => inserted(form, at % Math.min(form.length, 300), Buffer.from([0])),
  'no header': (form) => replacedHeader(form, ''),
  'no name': (form) => replacedHeader(form, 'Content-Disposition: form-data\r\n'),
  'another disposition': (form) => replacedHeader(form, 'Content-Disposition: attachment; name="photo"\r\n'),
  'name without an end': (form) => replacedHeader(form, 'Content-Disposition: form-data; name="photo\r\n'),
  'extended name': (form) => replacedHeader(form, "Content-Disposition: form-data; name*=utf-8''ph%6fto\r\n"),
  'two names': (form) =>
    replacedHeader(form, 'Content-Disposition: form-data; name="photo"; name="record"\r\n'),
  'name of an array': (form) => replacedHeader(form, 'Content-Disposition: form-data; name="photo[]"\r\n'),
  'name of a path': (form) =>
    replacedHeader(form, 'Content-Disposition: form-data; name="photo[0][zq12Plant]"\r\n'),
  'name of a prototype': (form) =>
    replacedHeader(form, 'Content-Disposition: form-data; name="__proto__"\r\n'),
  'name of a constructor': (form) =>
    replacedHeader(form, 'Content-Disposition: form-data; name="constructor"\r\n'),
  'a long name': (form) =>
    replacedHeader(form, `Content-Disposition: form-data; name="${'zq13Plant'.repeat(50)}"\r\n`),
  'a long header': (form) => replacedHeader(form, `X: ${'zq14Plant'.repeat(3000)}\r\n`),
  'many headers': (form) => replacedHeader(form, 'X-Y: zq15Plant\r\n'.repeat(500)),
  'folded header': (form) => replacedHeader(form, 'Content-Disposition: form-data;\r\n name="photo"\r\n'),
  'base64 by header': (form) =>
    replacedHeader(
      form,
      'Content-Disposition: form-data; name="photo"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n',
    ),
  'odd character set': (form) =>
    replacedHeader(
      form,
      'Content-Disposition: form-data; name="application"\r\nContent-Type: text/plain; charset=zq16Plant\r\n',
    ),
  'odd type': (form) =>
    replacedHeader(
      form,
      'Content-Disposition: form-data; name="photo"; filename="a"\r\nContent-Type: ;;zq17Plant=\r\n',
    ),
  'nested form': (form) =>
    replacedHeader(
      form,
      'Content-Disposition: form-data; name="photo"\r\nContent-Type: multipart/mixed; boundary=zq\r\n',
    ),
  'parts twice': (form) => Buffer.concat([form.subarray(0, form.length - boundary.length - 6), form]),
  'many parts': () =>
    formBytes(Array.from({ length: 300 }, (_, i): PartSpec => ({ name: `p${i}`, content: 'zq18Plant' }))),
  'no part': () => formBytes([]),
  nothing: () => Buffer.alloc(0),
};

const inserted = (form: Buffer, at: number, put: Buffer): Buffer => {
  const place = at % form.length;
  return Buffer.concat([form.subarray(0, place), put, form.subarray(place)]);
};

/** Another header for the first part. */
function replacedHeader(form: Buffer, header: string): Buffer {
  const from = form.indexOf('\r\n') + 2;
  const to = form.indexOf('\r\n\r\n') + 2;
  return to < from ? form : Buffer.concat([form.subarray(0, from), Buffer.from(header), form.subarray(to)]);
}
