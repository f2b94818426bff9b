import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileTemplate, readByTemplate } from './barcode-template.ts'
import { dayOfElement, readElements, writeElements } from './element-string.ts'
import { matrixPicture, qrPicture, ssccBars } from './label-picture.ts'
import { type LabelValues, labelFault, labelFields, labelText, standardLabel } from './label-text.ts'
import { readScan } from './scan.ts'
import { checkDigit, isSscc, prefixOf, ssccOf } from './sscc.ts'

const GS = '\u001d'
const today = '2026-11-26'

test('check digits of published examples (GS1 General Specifications: GTIN-13, GTIN-14, GLN, SSCC)', () => {
  for (const code of [
    '6291041500213',
    '09521234543213',
    '9521101530001',
    '106141412345678908',
    '340123450000000000'.slice(0, 17) + checkDigit('34012345000000000'),
  ])
    assert.equal(checkDigit(code.slice(0, -1)), code.at(-1), code)
  assert.ok(isSscc('106141412345678908'))
  assert.ok(!isSscc('106141412345678909'))
  assert.ok(!isSscc('10614141234567890'))
})

test('serials of a prefix run through all extension digits and none is given twice', () => {
  assert.equal(ssccOf('0614141', 234567890), '006141412345678901'.slice(0, 17) + checkDigit('00614141234567890'))
  assert.equal(ssccOf('0614141', 1_234_567_890), `10614141234567890${checkDigit('10614141234567890')}`)
  assert.equal(ssccOf('0614141', 1_234_567_890), '106141412345678908')
  assert.equal(ssccOf('0614141', 10 ** 10), undefined)
  assert.equal(ssccOf('0614141', 0), undefined)
  assert.equal(ssccOf('12', 1), undefined)
  assert.equal(prefixOf(null, 57), '040000057')
  assert.equal(prefixOf('6901234', 57), '6901234')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: 1, max: 99_999_999 }), (a, b) => {
      const codes = [ssccOf(prefixOf(null, 57), a), ssccOf(prefixOf(null, 57), b)]
      assert.ok(codes.every((code) => code !== undefined && isSscc(code)))
      assert.equal(codes[0] === codes[1], a === b)
    }),
  )
})

test('element strings: brackets, separators, symbology identifiers', () => {
  const read = (text: string) => {
    const result = readElements(text)
    return result.kind === 'bad' ? `${result.reason} ${result.ai}` : writeElements(result.elements)
  }
  assert.equal(read('(01)09521234543213(17)261231(10)ABC123(21)456DEF'), '(01)09521234543213(17)261231(10)ABC123(21)456DEF')
  assert.equal(read(`]C1010952123454321310ABC123${GS}21456DEF`), '(01)09521234543213(10)ABC123(21)456DEF')
  assert.equal(read(`]d2${GS}0109521234543213${GS}17261231`), '(01)09521234543213(17)261231')
  assert.equal(read('00106141412345678908<GS>02095212345432133712'), '(00)106141412345678908(02)09521234543213(37)12')
  assert.equal(
    read(`]C1400PO-202611-00042${GS}241M-10{GS}310300150`.replace('310300150', '3103001500')),
    '(400)PO-202611-00042(241)M-10(3103)001500',
  )
  assert.equal(read('(00)106141412345678909'), 'checkDigit 00')
  assert.equal(read('(17)261331'), 'date 17')
  assert.equal(read('(17)26123'), 'length 17')
  assert.equal(read(`(10)${'x'.repeat(21)}`), 'length 10')
  assert.equal(read('(10)批次'), 'characters 10')
  assert.equal(read(`]C1${'0'.repeat(10)}`), 'length 00')
  assert.equal(read(']C15512'), 'unknownIdentifier 5512')
  assert.equal(read(`(10)${'x'.repeat(500)}`), 'tooLong ')
  assert.equal(read(']C1'), 'length ')
})

test('days of two digits take the nearest century, day 00 is the month’s last (GS1 §7.12)', () => {
  assert.equal(dayOfElement('261126', today), '2026-11-26')
  assert.equal(dayOfElement('280200', today), '2028-02-29')
  assert.equal(dayOfElement('770101', today), '1977-01-01')
  assert.equal(dayOfElement('760101', today), '2076-01-01')
  assert.equal(dayOfElement('010101', '2099-06-01'), '2101-01-01')
  assert.equal(dayOfElement('260231', today), undefined)
})

test('what is written as elements is read back, whatever the lot is called', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ABCxyz019-./_%&'), minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(value, value, (lot, serial) => {
      const elements = [
        { ai: '00', value: '106141412345678908' },
        { ai: '10', value: lot },
        { ai: '21', value: serial },
      ]
      assert.deepEqual(readElements(writeElements(elements)), { kind: 'elements', elements })
      assert.deepEqual(readElements(`]C100106141412345678908${'10'}${lot}${GS}21${serial}`), { kind: 'elements', elements })
    }),
  )
})

const fault = (template: string) => {
  const compiled = compileTemplate(template)
  return 'fault' in compiled ? compiled.fault : 'fine'
}
const by = (template: string, text: string) => {
  const compiled = compileTemplate(template)
  return 'parts' in compiled ? readByTemplate(compiled.parts, text) : undefined
}

test('suppliers’ own codes are read by templates', () => {
  assert.deepEqual(by('{material}|{lot}|{quantity}', 'YL-ZL103|B261101|240'), { material: 'YL-ZL103', lot: 'B261101', quantity: '240' })
  assert.deepEqual(by('P{supplierMaterial:6}Q{quantity:6}D{productionDay:yyMMdd}', 'PAB1234Q000240D261101'), {
    supplierMaterial: 'AB1234',
    quantity: '240',
    productionDay: '2026-11-01',
  })
  assert.deepEqual(by('{ignore};{serial}', 'x;y;z'), { serial: 'y;z' })
  assert.equal(by('{material}|{lot}|{quantity}', 'YL|B1'), undefined)
  assert.equal(by('{material}|{quantity}', 'YL|-3'), undefined)
  assert.equal(by('{material}|{quantity}', '|3'), undefined)
  assert.equal(by('{expires}', '20260231'), undefined)
  assert.equal(by('{lot:3}', 'abcd'), undefined)
})

test('templates that cannot be read are told so', () => {
  assert.deepEqual(
    [
      '',
      'abc',
      '{colour}',
      '{lot}{serial}',
      '{lot}|{lot}',
      '{lot:0}',
      '{lot:99}',
      '{expires:ddMMyy}',
      '{lot',
      'a}b{lot}',
      '{lot:4}{serial}',
      '{ignore}',
    ].map(fault),
    [
      'empty',
      'noField',
      'unknownField',
      'adjacentFields',
      'fieldTwice',
      'badLength',
      'badLength',
      'badDate',
      'openBracket',
      'openBracket',
      'fine',
      'noField',
    ],
  )
})

test('no text makes reading slow', () => {
  const compiled = compileTemplate('{ignore}a{ignore}a{ignore}a{ignore}a{lot}b')
  assert.ok('parts' in compiled)
  const text = 'a'.repeat(400)
  const started = performance.now()
  for (let i = 0; i < 10_000; i++) readByTemplate(compiled.parts, text)
  assert.ok(performance.now() - started < 1_000)
})

test('a scan is a packing unit, goods, or nothing we know', () => {
  const templates = ['{material}|{lot}|{quantity}', 'X{sscc}']
  assert.deepEqual(readScan(' 106141412345678908\n', templates, today), { kind: 'pack', sscc: '106141412345678908', values: {} })
  assert.equal(readScan('00106141412345678908', templates, today).kind, 'pack')
  assert.equal(readScan('X106141412345678908', templates, today).kind, 'pack')
  assert.deepEqual(readScan('(241)M-1(10)L7(37)0240(17)261200', templates, today), {
    kind: 'goods',
    values: { material: 'M-1', lot: 'L7', quantity: '240', expires: '2026-12-31' },
  })
  assert.deepEqual(readScan('M-1|L7|12.5', templates, today), { kind: 'goods', values: { material: 'M-1', lot: 'L7', quantity: '12.5' } })
  const bearing = [{ code: '4006381333931' }]
  assert.deepEqual(readScan('04006381333931', templates, today, bearing), { kind: 'goods', values: { gtin: '04006381333931' } })
  assert.equal(readScan('4006381333931', templates, today).kind, 'unknown', 'a code that no material bears')
  assert.deepEqual(readScan('(01)04006381333931(10)L7', templates, today), { kind: 'goods', values: { gtin: '04006381333931', lot: 'L7' } })
  for (const text of ['', 'hello', '(99)x', 'https://example.com', '(00)1', 'x'.repeat(1000)])
    assert.equal(readScan(text, templates, today).kind, 'unknown', text)
})

const values = Object.fromEntries(labelFields.map((field) => [field, field])) as LabelValues

test('the printer’s language: every place filled, nothing from a name is carried out', () => {
  for (const language of ['zpl', 'tspl'] as const) {
    for (const code of ['qr', 'matrix'] as const) {
      const text = labelText(language, standardLabel(language, code), values)
      assert.ok(!/\{\{|\}\}|undefined/.test(text), text)
      assert.equal(labelFault(language, standardLabel(language, code)), undefined)
      assert.match(text, { zpl: { qr: /\^BQN/, matrix: /\^BXN/ }, tspl: { qr: /^QRCODE/m, matrix: /^DMATRIX/m } }[language][code])
    }
  }
  assert.equal(labelText('zpl', '^FD{{lot}}^FS', { ...values, lot: 'A^XZ~JR_1\n' }), '^FDA_5EXZ_7EJR_5F1 ^FS')
  assert.equal(labelText('tspl', 'TEXT "{{lot}}"', { ...values, lot: 'A"\r\nPRINT 9' }), 'TEXT "A\\["] PRINT 9"')
  assert.deepEqual(labelFault('zpl', '^XA{{colour}}^XZ'), { fault: 'unknownField', what: 'colour' })
  assert.deepEqual(labelFault('zpl', 'SIZE 1'), { fault: 'noBegin', what: '^XA … ^XZ' })
  assert.equal(labelFault('tspl', 'x'.repeat(9000))?.fault, 'tooLong')
})

test('pictures: the library refuses a wrong check digit, so ours are right', () => {
  assert.match(ssccBars('106141412345678908'), /^<svg/)
  assert.throws(() => ssccBars('106141412345678909'), /checksum/i)
  assert.match(ssccBars(ssccOf(prefixOf(null, 57), 1) ?? ''), /^<svg/)
  assert.match(qrPicture('(00)106141412345678908(10)批次'), /^<svg/)
  assert.match(matrixPicture('106141412345678908'), /^<svg/)
})
