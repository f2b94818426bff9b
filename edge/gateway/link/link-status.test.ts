import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LinkStatus, type WireLink, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import { protocols } from '../../drivers/protocols.ts'
import { planLink } from './link-plan.ts'
import { faultRoom, linkStatus } from './link-status.ts'

test('a plant that is wrong in every point tells each one’s number, and the frames of as many as a report has room for', () => {
  const points = Array.from({ length: 300 }, (_, i) => ({
    name: `p${i}`,
    place: { address: `holding:${i}`, dataType: 'uint16' },
    ...{ valueType: 'number' as const, scale: 1, offset: 0, periodMs: 1_000, deadband: 0, access: 'r' as const },
  }))
  const link = {
    ...{ id: '0199f5a0-0000-7000-8000-000000000001', name: 'L', protocol: 'modbus', enabled: true },
    connection: { host: '127.0.0.1', port: 502 },
    devices: [{ code: 'M-1', unit: { unitId: 1 }, enabled: true, sourceTime: null, sequence: null, points }],
  } as unknown as WireLink
  const planned = planLink(link, protocols.modbus!, () => 0, 1_000)
  assert.ok(planned.kind === 'plan')
  const frame = (way: 'sent' | 'received') => ({ atMs: 1_000, way, head: Buffer.alloc(260, 0xab), size: 2_000 })
  for (const group of planned.plan.units.flatMap(({ groups }) => groups))
    for (const point of group.points) {
      point.quality = 'badIllegalAddress'
      point.reason = 'modbus.illegalAddress'
      point.shown = { code: { name: 'modbus.exception', value: '2' }, frames: [frame('sent'), frame('received')] }
    }
  const state = { state: 'connected' as const, reason: null, sinceMs: 1_000, cycle: null }
  const told = LinkStatus.parse(linkStatus(link, state, undefined, planned.plan.units, faultRoom()))
  const shown = told.units.flatMap(({ badAddresses }) => badAddresses.map((fault) => fault.shown))
  assert.equal(shown.filter((one) => one?.code?.value === '2').length, 300)
  assert.equal(shown.flatMap((one) => one?.frames ?? []).length, wireLimits.framesTold)
})
