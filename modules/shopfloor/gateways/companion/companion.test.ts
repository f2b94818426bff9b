import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protocols } from '#edge/drivers/protocols.ts'
import { DirectoryNode } from '../contract.ts'
import { rowProblems } from '../point-rows.ts'
import { checkDraft } from './checked-draft.ts'
import { draftOfMachine, machinesOf } from './machine-draft.ts'
import { readNodeSets } from './node-set.ts'
import { draftOfNode, rootsOf } from './type-draft.ts'
import { parseXml } from './xml.ts'

const URI = 'urn:press'
const uaNode = (kind: string, id: number, name: string, attributes: string, references: [string, string, boolean?][], more = '') =>
  `<UA${kind} NodeId="ns=1;i=${id}" BrowseName="${name}" ${attributes}><DisplayName>${name.replace(/^1:/, '')}</DisplayName><References>${references
    .map(([type, to, forward = true]) => `<Reference ReferenceType="${type}"${forward ? '' : ' IsForward="false"'}>${to}</Reference>`)
    .join('')}</References>${more}</UA${kind}>`
const child = (of: number, rule: string, type = 'HasComponent'): [string, string, boolean?][] => [
  [type, `ns=1;i=${of}`, false],
  ['HasModellingRule', rule],
]
const mandatory = 'i=78'
const list = (entries: string) => `<Value><ListOfExtensionObject>${entries}</ListOfExtensionObject></Value>`
const argument = (name: string, type: string, rank = -1) =>
  `<ExtensionObject><TypeId><Identifier>i=297</Identifier></TypeId><Body><Argument><Name>${name}</Name><DataType><Identifier>${type}</Identifier></DataType><ValueRank>${rank}</ValueRank></Argument></Body></ExtensionObject>`
const press = `<?xml version="1.0" encoding="utf-8"?><!-- a press -->
<UANodeSet xmlns="http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"><NamespaceUris><Uri>${URI}</Uri></NamespaceUris>
<Models><Model ModelUri="${URI}" Version="1.0"><RequiredModel ModelUri="http://opcfoundation.org/UA/"/></Model></Models>
<Aliases><Alias Alias="Mode">ns=1;i=50</Alias></Aliases>
${[
  uaNode('ObjectType', 1, '1:BasePressType', 'IsAbstract="true"', [
    ['HasSubtype', 'i=58', false],
    ['GeneratesEvent', 'ns=1;i=60'],
  ]),
  uaNode('ObjectType', 2, '1:PressType', '', [['HasSubtype', 'ns=1;i=1', false]]),
  uaNode('Object', 10, '1:Hydraulics', '', child(1, mandatory)),
  uaNode('Variable', 11, '1:Pressure', 'DataType="Double" AccessLevel="3"', child(10, mandatory)),
  uaNode(
    'Variable',
    12,
    'EngineeringUnits',
    'DataType="i=887"',
    child(11, mandatory, 'HasProperty'),
    '<Value><ExtensionObject><Body><EUInformation><DisplayName><Text>MPa</Text></DisplayName></EUInformation></Body></ExtensionObject></Value>',
  ),
  uaNode('Variable', 13, '1:Temperature', 'DataType="Float"', child(10, 'i=80')),
  uaNode('Variable', 14, '1:Zones', 'DataType="Double" ValueRank="1"', child(10, mandatory)),
  uaNode('Variable', 15, '1:Mode', 'DataType="Mode"', child(2, mandatory)),
  uaNode('Variable', 16, '1:&lt;Extra&gt;', 'DataType="Double"', child(2, 'i=11508')),
  uaNode('Variable', 17, '1:Recipe', 'DataType="i=22"', child(2, mandatory)),
  // A part of itself.
  uaNode('Object', 18, '1:Again', '', [...child(2, mandatory), ['HasTypeDefinition', 'ns=1;i=2']]),
  uaNode('Method', 20, '1:Start', '', child(2, mandatory)),
  uaNode(
    'Variable',
    21,
    'InputArguments',
    'DataType="i=296"',
    child(20, mandatory, 'HasProperty'),
    list(argument('program', 'i=5') + argument('note', 'i=12')),
  ),
  uaNode('Method', 22, '1:Load', '', child(2, mandatory)),
  uaNode('Variable', 23, 'InputArguments', 'DataType="i=296"', child(22, mandatory, 'HasProperty'), list(argument('data', 'i=15'))),
  uaNode('DataType', 50, '1:Mode', '', [
    ['HasSubtype', 'i=29', false],
    ['HasProperty', 'ns=1;i=51'],
  ]),
  uaNode(
    'Variable',
    51,
    'EnumStrings',
    'DataType="LocalizedText" ValueRank="1"',
    [],
    '<Value><ListOfLocalizedText><LocalizedText><Text>Idle</Text></LocalizedText><LocalizedText><Text>Run</Text></LocalizedText></ListOfLocalizedText></Value>',
  ),
  uaNode('ObjectType', 60, '1:OverloadEventType', '', [['HasSubtype', 'i=2041', false]]),
].join('\n')}
</UANodeSet>`

const pressSets = () => {
  const read = readNodeSets([{ name: 'press.xml', text: press }])
  assert.ok(read.kind === 'read')
  return read.sets
}

test('a type becomes points with type, unit, states and access, methods with arguments, events; what cannot be taken says why', () => {
  const sets = pressSets()
  assert.deepEqual(
    rootsOf(sets).map(({ name }) => name),
    ['OverloadEventType', 'PressType'],
  )
  const draft = draftOfNode(sets, `nsu=${URI};i=2`)
  const own = draft.points.filter(({ path }) => !path.includes('Again'))
  assert.deepEqual(
    own.map(({ name, valueType, kind, unit, access, optional, states }) => [name, valueType, kind, unit, access, optional, states]),
    [
      ['Mode', 'integer', 'state', null, 'r', false, { 0: 'Idle', 1: 'Run' }],
      ['Hydraulics_Pressure', 'number', 'instant', 'MPa', 'rw', false, null],
      ['Hydraulics_Temperature', 'number', 'instant', null, 'r', true, null],
    ],
  )
  assert.equal(own[1]?.path, `/nsu=${URI};Hydraulics/nsu=${URI};Pressure`)
  const start = draft.methods.find(({ path }) => path === '')
  assert.deepEqual(
    [start?.name, start?.method, start?.parameters.map(({ name, valueType }) => `${name} ${valueType}`)],
    ['Start', `nsu=${URI};i=20`, ['program integer', 'note string']],
  )
  assert.deepEqual(
    draft.events.map(({ name }) => name),
    ['OverloadEventType'],
  )
  const left = new Map(draft.left.map(({ path, reason }) => [path, reason]))
  assert.equal(left.get('Hydraulics / Zones'), 'array')
  assert.equal(left.get('<Extra>'), 'placeholder')
  assert.equal(left.get('Recipe'), 'structure')
  assert.equal(left.get('Load'), 'arguments')
  // The part of itself ends somewhere.
  assert.ok([...left.values()].includes('tooDeep'))
  const names = draft.points.map(({ name }) => name.toLowerCase())
  assert.equal(new Set(names).size, names.length)
})

test('what is chosen of a draft is a thing model and rows that its protocol takes; what breaks its rules is named', () => {
  const draft = draftOfNode(pressSets(), `nsu=${URI};i=2`)
  const head = { code: 'press', name: '压机', description: '' }
  const some = draft.points.slice(0, 3)
  const methods = draft.methods.slice(0, 1)
  const checked = checkDraft(head, some, { methods, events: draft.events })
  assert.ok(checked.kind === 'checked')
  const properties = new Map(some.map((point) => [point.name, point]))
  assert.deepEqual(rowProblems('opcua', checked.rows, properties, new Set(['Start'])), [])
  assert.deepEqual(protocols.opcua?.place.safeParse(checked.rows.at(-1)?.place).success, true)
  assert.equal(checked.rows.at(-1)?.access, 'call')
  const none = { methods: [], events: [] }
  const [first] = some
  const second = draft.points.find(({ name }) => name === 'Hydraulics_Pressure')
  assert.ok(first && second)
  assert.equal((checkDraft(head, [first, { ...second, name: first.name }], none) as { code?: string }).code, 'twice')
  assert.equal((checkDraft(head, [{ ...first, name: '模式' }], none) as { code?: string }).code, 'needName')
  assert.equal((checkDraft(head, [{ ...first, label: ' ' }], none) as { code?: string }).code, 'needLabel')
  const broken = checkDraft(head, [first, { ...second, kind: 'state' }], none)
  assert.ok(broken.kind === 'wrong' && broken.code === 'issues' && broken.first === second.name)
})

test('a hostile or broken file is refused with the reason and the line, and costs nothing', () => {
  const bomb = `<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<UANodeSet>&b;</UANodeSet>`
  const cases: [string, string, number | undefined][] = [
    [bomb, 'declaresEntities', 2],
    ['<UANodeSet>\n\n&bomb;</UANodeSet>', 'declaresEntities', 1],
    ['<!DOCTYPE x SYSTEM "http://x.cn/x.dtd"><UANodeSet/>', 'declaresEntities', 1],
    ['<a>'.repeat(100_000), 'tooDeep', 1],
    [`<UANodeSet>${'<a/>'.repeat(500_001)}</UANodeSet>`, 'tooManyElements', 1],
    [`<UANodeSet>${' '.repeat(16_000_001)}</UANodeSet>`, 'tooLarge', undefined],
    ['<UANodeSet><UAObject></UANodeSet>', 'notXml', 1],
    ['<UANodeSet', 'notXml', 1],
    ['<UANodeSet a="1" b=2/>', 'notXml', 1],
    ['<UANodeSet/><UANodeSet/>', 'notXml', 1],
    ['<UANodeSet><![CDATA[</UANodeSet>', 'notXml', 1],
    ['<UANodeSet>a & b</UANodeSet>', 'notXml', 1],
    ['', 'notXml', 1],
    ['PK\u0003\u0004', 'notXml', 1],
    ['<html/>', 'notNodeSet', undefined],
  ]
  for (const [text, reason, line] of cases) {
    const read = readNodeSets([{ name: 'x.xml', text }])
    assert.deepEqual(
      [read.kind, 'reason' in read && read.reason, 'line' in read ? read.line : undefined],
      ['refused', reason, line],
      text.slice(0, 60),
    )
  }
  const parsed = parseXml('\uFEFF<p:a x="&lt;&#65;&#x4e2d;" __proto__="x"><![CDATA[<b>]]>&amp;</p:a>')
  assert.ok(parsed.kind === 'document')
  assert.deepEqual([parsed.root.name, parsed.root.attributes.x, parsed.root.text], ['a', '<A中', '<b>&'])
  assert.equal(({} as { x?: string }).x, undefined)
})

test('models that build on others say which are missing; a reference to nothing is no member', () => {
  const text = press.replace('<RequiredModel ModelUri="http://opcfoundation.org/UA/"/>', '<RequiredModel ModelUri="urn:base"/>')
  const read = readNodeSets([{ name: 'press.xml', text }])
  assert.ok(read.kind === 'read')
  assert.deepEqual(read.sets.missing, ['urn:base'])
})

test('machines of a server are found where Machinery has them, and walked once however their folders point at each other', async () => {
  const M = 'nsu=http://opcfoundation.org/UA/Machinery/'
  const node = (at: string, more: object) =>
    DirectoryNode.parse({ at, name: at, place: null, hasChildren: true, step: `nsu=${URI};${at}`, ...more })
  const value = (at: string, more: object) =>
    node(at, { place: { address: at }, type: 'BaseDataVariableType', dataType: 'Double', ...more })
  const tree: Record<string, DirectoryNode[]> = {
    root: [
      node('server', { step: 'Server' }),
      node('machines', { step: `${M};Machines` }),
      node('tool', { type: 'nsu=http://opcfoundation.org/UA/MachineTool/;MachineToolType' }),
    ],
    machines: [node('press', { type: `nsu=${URI};PressType` })],
    press: [
      node('hydraulics', {}),
      value('mode', { dataType: 'Int32' }),
      node('start', { method: { inputs: [{ name: 'program', dataType: 'UInt16' }] } }),
    ],
    hydraulics: [
      node('press', {}),
      value('pressure', { type: 'AnalogUnitType', writable: true }),
      value('zones', { reason: 'opcua.arrayNotRead' }),
    ],
    pressure: [value('units', { step: 'EngineeringUnits', type: 'PropertyType', unit: 'MPa' })],
  }
  const browse = async (at: string | null) => ({ nodes: tree[at ?? 'root'] ?? [], cursor: null })
  const found = await machinesOf(browse)
  assert.deepEqual(
    found.map(({ node: { at }, typeName, isMachine }) => [at, typeName, isMachine]),
    [
      ['press', 'PressType', true],
      ['tool', 'MachineToolType', true],
    ],
  )
  const draft = await draftOfMachine(browse, 'press')
  assert.deepEqual(
    draft.points.map(({ name, unit, access }) => [name, unit, access]),
    [
      ['mode', null, 'r'],
      ['hydraulics_pressure', 'MPa', 'rw'],
    ],
  )
  assert.deepEqual(draft.left, [{ path: 'hydraulics / zones', reason: 'array' }])
  assert.deepEqual(
    draft.methods.map(({ name, path, method }) => [name, path, method]),
    [['start', '', 'start']],
  )
})
