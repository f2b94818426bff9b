import { expect, test } from '@playwright/test'
import { logisticsApi } from '#modules/trade/logistics/contract.ts'
import { agreedOrder, inDays } from './agreed-order.ts'
import { expectAccessible, logInAs, rowLink, spaced } from './journey.ts'

/** An agreed order of 100 pieces, 90 of them on their way in three boxes on a pallet. */
async function shipmentOnItsWay() {
  const { leader, supplier, order } = await agreedOrder({ control: 'lot' })
  const { lines } = await supplier.call(logisticsApi.shippable, { query: { orderId: order.id } })
  const box = (lot: string) => ({
    kind: 'box' as const,
    within: 0,
    contents: [{ line: 0, quantity: '30', lot, serial: null, producedOn: '2026-11-20', expiresOn: null }],
  })
  const draft = await supplier.call(logisticsApi.create, {
    body: {
      buyerId: leader.orgId as never,
      lines: [{ scheduleLineId: lines[0]?.scheduleLineId as never, quantity: '90' }],
      packs: [{ kind: 'pallet', within: null, contents: [] }, box('B261101'), box('B261101'), box('B261102')],
      loose: [],
      containers: [{ code: 'KLT-4328', name: '塑料周转箱', count: 3 }],
      carrier: '顺达物流',
      vehicle: '渝A12345',
      driverName: '王师傅',
      driverPhone: '13800000000',
      note: '',
      departureAt: inDays(0.1),
      arrivalAt: inDays(0.3),
    },
  })
  const shipment = await supplier.call(logisticsApi.issue, { params: { id: draft.id }, body: { version: draft.version } })
  return { leader, shipment }
}

test('goods are counted on a phone without a network, sent when it is back, and what is missing is claimed', async ({ browser }) => {
  const { leader, shipment } = await shipmentOnItsWay()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await logInAs(page, '白泽')
  await page.setViewportSize({ width: 360, height: 780 })
  await page.goto('/receive')
  const card = page.getByRole('button').filter({ hasText: shipment.number ?? '' })
  await expect(card).toBeVisible()
  await expectAccessible(page, 'receiving, what is expected')

  await context.setOffline(true)
  // As a scanner types: into the field that is ready, ended by Enter.
  await page.keyboard.type(shipment.packs[1]?.sscc ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByText('应收 60 个')).toBeVisible()
  await expect(page.getByLabel(/合格/).first()).toHaveValue('30')
  await page.keyboard.type(`(00)${shipment.packs[3]?.sscc ?? ''}`)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel(/合格/).nth(1)).toHaveValue('30')
  await page.keyboard.type(shipment.packs[3]?.sscc ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByText('这个包装已经点过')).toBeVisible()
  await expectAccessible(page, 'receiving, counting')

  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '确认收货' }).click()
  await expect(page.getByText('1 张收货单待发送，联网后自动发出')).toBeVisible()
  expect((await leader.call(logisticsApi.get, { params: { id: shipment.id } })).state).toBe('issued')

  await context.setOffline(false)
  await page.evaluate("dispatchEvent(new Event('online'))")
  await expect(page.getByText(/已收货：GR-/)).toBeVisible({ timeout: 40_000 })
  await expect(page.getByText('待发送，联网后自动发出')).toHaveCount(0)
  const after = await leader.call(logisticsApi.get, { params: { id: shipment.id } })
  expect([after.state, after.lines[0]?.accepted, after.lines[0]?.missing]).toEqual(['short', '60', '30'])

  await page.goto('/logistics/claims?side=buyer')
  await expect(page.getByText('短缺').first()).toBeVisible()
  await context.close()
})

test('a lorry without a notice is received by the order, and the supplier sees what was made of it', async ({ browser }) => {
  const { leader, supplier, order } = await agreedOrder({ control: 'lot' })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await logInAs(page, '白泽')
  await page.setViewportSize({ width: 360, height: 780 })
  await page.goto('/receive')
  await page.getByRole('button', { name: '没有发货通知' }).click()
  await expect(page.getByLabel('订单号、物料码、供应商')).toBeFocused()
  await page.keyboard.type(order.number)
  await page.keyboard.press('Enter')
  await expect(page.getByText(`查找“${order.number}”`)).toBeVisible()
  await page.getByRole('checkbox', { name: order.number }).check()
  await expectAccessible(page, 'receiving without a notice, choosing')
  await page.getByRole('button', { name: '清点 1 行' }).click()
  await page.getByLabel(/合格/).fill('40')
  await page.getByLabel('批次').fill('B261128')
  await expectAccessible(page, 'receiving without a notice, counting')
  // What was counted is on the device.
  await page.reload()
  await expect(page.getByLabel(/合格/)).toHaveValue('40')
  // Back to the first page and on again: nothing is lost.
  await page.getByRole('button', { name: spaced('返回') }).click()
  await page.getByRole('button', { name: spaced('返回') }).click()
  await page.getByRole('button', { name: '继续无通知收货' }).click()
  await expect(page.getByLabel(/合格/)).toHaveValue('40')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel('车牌号').fill('渝B67890')
  await page.getByRole('button', { name: '确认收货' }).click()
  await expect(page.getByText(/已收货：GR-/)).toBeVisible({ timeout: 40_000 })
  await context.close()

  const { lines } = await supplier.call(logisticsApi.shippable, { query: { orderId: order.id } })
  expect(lines[0]?.left).toBe('60')
  const { items } = await leader.call(logisticsApi.list, { query: { side: 'buyer', search: order.number } })
  expect([items[0]?.state, items[0]?.madeBy, items[0]?.departure]).toEqual(['received', 'buyer', null])
  const his = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const seen = await his.newPage()
  await logInAs(seen, '应龙')
  await seen.goto(`/logistics?side=supplier&search=${order.number}`)
  await rowLink(seen, items[0]?.number ?? '').click()
  await expect(seen.getByText('到货时没有发货通知，收货方按实收补建')).toBeVisible()
  await his.close()
})
