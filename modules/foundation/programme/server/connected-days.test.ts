import assert from 'node:assert/strict'
import { test } from 'node:test'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { chinaDay } from '#values/instant.ts'
import { quality } from '#values/quality.ts'
import { firstAdministrator, registerOrganisation, testCreditCode } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { programmeApi } from '../contract.ts'
import { daysBetween, fiveDayWeek, windowBefore } from './connection-rules.ts'

/** Noon of a day in China. */
const noonOf = (day: string): number => Date.parse(`${day}T12:00:00+08:00`)

test('what a supplier’s device sends by the ingest makes the leader’s count: good values, on working days, before today', async (t) => {
  const { address, composition } = await testApp(t)
  const operator = await firstAdministrator(address, SETUP_CODE)
  const { client: leader } = await registerOrganisation(operator, address, { code: 'leader', kind: 'leader', n: 2 })
  const { client: supplier, orgId } = await registerOrganisation(operator, address, { code: 'foundry', kind: 'supplier', n: 3 })
  const relation = await leader.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: testCreditCode(3), tier: 1, since: '2026-01-01' },
  })
  await supplier.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })

  await leader.call(programmeApi.takeIn, { body: { organisationIds: [orgId as never] } })
  const [invited] = (await supplier.call(programmeApi.mine)).partners
  assert.ok(invited)
  const params = { id: invited.id }
  const application = {
    name: '新铸',
    employees: 80,
    revenueWan: 900,
    delivers: '压铸件',
    contactName: '李四',
    contactPhone: '023-6800 0000',
  }
  const applied = await supplier.call(programmeApi.apply, { params, body: { ...application, version: invited.version, consent: true } })
  const review = await leader.call(programmeApi.act, { params, body: { version: applied.version, action: 'startReview' } })
  const contract = { contractNo: 'HT-7', contractFrom: '2026-01-01' }
  await leader.call(programmeApi.admit, { params, body: { version: review.version, tier: 'approved', ...contract } })

  const properties = [{ name: 'temp', label: '温度', kind: 'instant' as const, valueType: 'number' as const }]
  const { id: thingModelId } = await supplier.call(devicesApi.createThingModel, {
    body: { code: 'furnace', name: '炉', nameEn: null, description: '', definition: { properties } },
  })
  const device = { code: 'F1', name: '一号炉', nameEn: null, maker: '', model: '', serial: '', note: '', nodeId: null }
  const { credential } = await supplier.call(devicesApi.create, {
    body: { ...device, thingModelId, status: 'active', withCredential: true },
  })
  assert.ok(credential)
  const send = async (times: readonly number[], value = 700, q = 0) => {
    const answer = await fetch(`${address}/api/telemetry/push`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${credential.userName}:${credential.secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(times.map((ts) => ({ ts, values: { temp: value }, q: { temp: q } }))),
    })
    assert.deepEqual([answer.status, await answer.json()], [200, { stored: times.length, refused: 0, refusals: [] }])
  }
  const loops = composition.modules.flatMap((module) => module.loops ?? [])
  const runLoop = async (name: string) => {
    const loop = loops.find((one) => one.name === name)
    assert.ok(loop, name)
    await loop.run(new AbortController().signal)
  }
  const counted = async () => {
    await runLoop('telemetry.rollUp')
    await supplier.call(programmeApi.recount, { params, body: {} })
    const { counted: counts, connections } = await leader.call(programmeApi.partner, { params })
    const byDevice = connections.find(({ way }) => way === 'device')
    return [byDevice?.validDays, counts, (await leader.call(programmeApi.summary)).counted]
  }

  const { from, until } = windowBefore(chinaDay(new Date()))
  const workdays = fiveDayWeek(from, until)
  const freeDays = daysBetween(from, until).filter((day) => !workdays.includes(day))
  // Fourteen working days with a value are one too few: weekends, today, bad values and a day twice add none.
  await send(workdays.slice(0, 14).map(noonOf))
  await send(freeDays.map(noonOf))
  await send([Date.now() - 1_000])
  await send(workdays.slice(13, 14).map(noonOf), 701)
  await send(workdays.slice(14, 15).map(noonOf), 700, quality.bad)
  await runLoop('telemetry.rollUp')
  await runLoop('programme: connected days')
  const first = await leader.call(programmeApi.partner, { params })
  assert.equal(first.connections.find(({ way }) => way === 'device')?.firstDay, [...workdays, ...freeDays].sort()[0])
  assert.deepEqual(await counted(), [14, false, 0])
  // The fifteenth comes late, from a device that was cut off.
  await send(workdays.slice(15, 16).map(noonOf))
  assert.deepEqual(await counted(), [15, true, 1])
})
