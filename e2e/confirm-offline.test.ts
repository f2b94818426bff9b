import { expect, test } from '@playwright/test'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { inDays, proposedOrder } from './agreed-order.ts'
import { button, expectAccessible, logInAs } from './journey.ts'

test('a supplier accepts orders on the phone without a network: sent when it is back, and refused in words where the order is another by then', async ({
  browser,
}) => {
  test.setTimeout(240_000)
  const { leader, supplier, order } = await proposedOrder({})
  const changed = (await proposedOrder({})).order
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await logInAs(page, '应龙')
  await page.setViewportSize({ width: 360, height: 780 })
  const accept = async (id: string, waiting: number) => {
    await page.goto(`/orders/${id}`)
    await expect(button(page, '确认并签署')).toBeEnabled()
    await context.setOffline(true)
    await button(page, '确认并签署').click()
    await expect(page.getByText(`${waiting} 份确认待发送，联网后自动送出`)).toBeVisible()
    await expect(button(page, '确认并签署')).toBeDisabled()
  }
  await accept(order.id, 1)
  await expectAccessible(page, 'an order accepted without a network')
  expect((await leader.call(ordersApi.get, { params: { id: order.id } })).state).toBe('proposed')
  await context.setOffline(false)
  await page.evaluate("dispatchEvent(new Event('online'))")
  await expect(page.getByText(`确认已送达：${order.number}`)).toBeVisible()
  await expect.poll(async () => (await leader.call(ordersApi.get, { params: { id: order.id } })).state).toBe('agreed')

  await accept(changed.id, 1)
  // Meanwhile a colleague of his answers otherwise.
  const { version } = await supplier.call(ordersApi.get, { params: { id: changed.id } })
  const fewer = { no: 1, schedule: [{ no: 1, quantity: '80', day: inDays(14).slice(0, 10), reason: '产能不足' }] }
  await supplier.call(ordersApi.propose, { params: { id: changed.id }, body: { version, proposal: { lines: [fewer] } } })
  await context.setOffline(false)
  await page.evaluate("dispatchEvent(new Event('online'))")
  await expect(page.getByText(`${changed.number} 第 1 版的确认没有被接受`)).toBeVisible()
  await expectAccessible(page, 'a refused acceptance')
  // Nothing is lost by opening it again; it goes when somebody has looked.
  await page.reload()
  await expect(page.getByText(`${changed.number} 第 1 版的确认没有被接受`)).toBeVisible()
  await button(page, '不再发送').click()
  await expect(page.getByText(`${changed.number} 第 1 版的确认没有被接受`)).toHaveCount(0)
})
