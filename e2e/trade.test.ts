import { type Browser, expect, type Page, test } from '@playwright/test'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import { logIn as apiLogIn } from '../tests/api-client.ts'
import { button, choose, expectAccessible, found, heading, inDialog, logInAs, rowLink, spaced } from './journey.ts'
import { demoAccount } from './platform.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const china = (at: number) => new Date(at + 8 * 60 * MINUTE_MS).toISOString().replace('T', ' ')
const dayIn = (days: number) => china(Date.now() + days * DAY_MS).slice(0, 10)
const mark = String(Date.now()).slice(-6)
const code = `JT-${mark}`

/** A material that two suppliers may deliver, without a price yet, and a warehouse. */
async function catalogue() {
  const { login, password } = demoAccount((account) => account.organisation.includes('白泽'))
  const leader = await apiLogIn(process.env.E2E_URL ?? '', login, password)
  const category = await leader.call(materialsApi.createCategory, {
    body: { parentId: null, code: `J${mark}`, name: `减速箱体 ${mark}`, nameEn: null, prefix: `J${mark}`, attributes: [] },
  })
  const material = await leader.call(materialsApi.create, {
    body: { categoryId: category.id, code, name: '减速箱体', kind: 'part', baseUnit: 'C62', control: 'lot' },
  })
  for (const organisation of ['应龙', '赤水']) {
    const account = demoAccount((one) => one.organisation.includes(organisation))
    const supplier = await apiLogIn(process.env.E2E_URL ?? '', account.login, account.password)
    const { organisation: own } = await supplier.call(accessApi.session)
    await leader.call(supplyApi.createSource, {
      params: { id: material.id },
      body: {
        supplierId: own.id as never,
        supplierCode: null,
        supplierName: null,
        leadTimeDays: null,
        minimum: null,
        multiple: null,
        validFrom: '2026-01-01',
        validUntil: null,
        approved: true,
      },
    })
  }
  const { items } = await leader.call(inventoryApi.locations, { query: { kind: 'warehouse' } })
  if (items.length === 0)
    await leader.call(inventoryApi.createLocation, { body: { code: 'W1', name: '重庆总装零件库', warehouseId: null } })
}

async function open(browser: Browser, organisation: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await logInAs(page, organisation)
  return page
}

async function fillDay(page: Page, label: string, value: string) {
  await page.getByLabel(label).fill(value)
  await page.getByLabel(label).press('Tab')
}

/** The buyer asks both suppliers; the answer says when bids open. */
async function ask(leader: Page): Promise<{ title: string; opensAt: number }> {
  const title = `减速箱体询价 ${mark}`
  await leader.goto('/sourcing')
  await leader.getByRole('link', { name: '新建询价' }).first().click()
  await leader.getByLabel('询价名称').fill(title)
  await choose(leader, '物料', code)
  await leader.getByLabel('数量').fill('100')
  await fillDay(leader, '需要日期', dayIn(20))
  await leader.getByLabel('交货地点').fill('重庆两江一号库')
  for (const supplier of ['应龙', '赤水']) await choose(leader, '供应商', supplier)
  await leader.keyboard.press('Escape')
  // The soonest whole minute that leaves both the time to bid.
  const opensAt = Math.ceil((Date.now() + 30_000) / MINUTE_MS) * MINUTE_MS
  await leader.getByLabel('截止时间').fill(china(opensAt).slice(0, 16))
  await leader
    .locator('.ant-picker-dropdown:visible')
    .getByRole('button', { name: spaced('确定') })
    .click()
  // Enter in a date field takes the date and saves nothing.
  await leader.getByLabel('需要日期').press('Enter')
  await expect(leader).toHaveURL(/\/sourcing\/new$/)
  await button(leader, '保存草稿').click()
  await button(leader, '发布').click()
  await inDialog(leader, '发布').click()
  await expect(leader.getByText('报价密封中')).toBeVisible()
  return { title, opensAt }
}

async function bid(supplier: Page, title: string, price: string, leadDays: string) {
  await supplier.goto('/sourcing/invitations')
  await supplier.getByText(title).first().click()
  await button(supplier, '报价').click()
  await supplier.getByLabel('不含税单价').fill(price)
  await supplier.getByLabel('交期（天）').fill(leadDays)
  await button(supplier, '提交报价').click()
  await expect(supplier.getByText('第 1 版报价')).toBeVisible()
}

/** Awarded to the lowest, ordered from the award. Its number. */
async function awardAndOrder(leader: Page): Promise<string> {
  await button(leader, '定标').click()
  await button(leader, '每行给最低价').click()
  await inDialog(leader, '定标').click()
  await button(leader, '生成订单草稿').click()
  await inDialog(leader, '生成订单草稿').click()
  await rowLink(leader, 'PO-').click()
  await button(leader, '提交').click()
  await expect(leader.getByText('等待对方答复')).toBeVisible()
  return found(leader, /PO-[\d-]+/)
}

/** The supplier delivers in two parts, the buyer signs that. */
async function counterAndAgree(leader: Page, supplier: Page, order: string) {
  await supplier.goto('/orders?side=supplier')
  await rowLink(supplier, order).click()
  await button(supplier, '还价 / 分批').click()
  const field = (name: string) => supplier.getByLabel(name, { exact: true })
  await field('1 数量 1').fill('60')
  await field('1 原因 1').fill('模具月底检修，分两批交')
  await button(supplier, '分批').click()
  await field('1 数量 2').fill('40')
  await field('1 交期 2').fill(dayIn(27))
  await field('1 交期 2').press('Tab')
  await field('1 原因 2').fill('检修后补齐')
  await button(supplier, '签署并发给对方').click()
  await expect(supplier.getByText('等待对方答复')).toBeVisible()
  await leader.reload()
  await expect(leader.getByText('模具月底检修，分两批交').first()).toBeVisible()
  await button(leader, '确认并签署').click()
  await expect(leader.getByText('生效版本 2')).toBeVisible()
}

/** 60 of the first part in boxes of 20, each with its label. What a scanner reads on them. */
async function notifyWithLabels(supplier: Page, order: string): Promise<{ number: string; labels: string[] }> {
  await supplier.goto('/logistics?side=supplier')
  await supplier.getByRole('link', { name: /新建/ }).first().click()
  await supplier.getByRole('checkbox', { name: new RegExp(`${order} #1 `) }).check()
  await button(supplier, '选入 1 行').click()
  await supplier.getByLabel(`${code} 每箱`).fill('20')
  await supplier.getByLabel(`${code} 批次`).fill('B261126')
  await supplier.getByLabel('车牌号').fill('渝A12345')
  await button(supplier, '发出').click()
  const number = await found(supplier, /SN-[\d-]+/)
  await supplier.getByRole('main').getByRole('link', { name: /标签/ }).click()
  const printed = supplier.getByRole('main').getByText(/^\(00\) \d{18}$/)
  await expect(printed).toHaveCount(3)
  return { number, labels: (await printed.allInnerTexts()).map((text) => text.replace(/\D/g, '')) }
}

/** Two of three boxes are there. The receipt's number. */
async function receiveShort(leader: Page, { number, labels }: { number: string; labels: string[] }): Promise<string> {
  await leader.goto('/receive')
  await expect(leader.getByRole('button').filter({ hasText: number })).toBeVisible()
  const scan = async (label: string | undefined) => {
    await leader.keyboard.type(label ?? '')
    await leader.keyboard.press('Enter')
  }
  await scan(labels[0])
  await expect(leader.getByText('应收 60 个')).toBeVisible()
  await scan(labels[1])
  await expect(leader.getByLabel(`${code} 合格`)).toHaveValue('40')
  await button(leader, '下一步').click()
  await leader.getByRole('checkbox', { name: '本单到此收完，未到的记为短缺' }).check()
  await button(leader, '确认收货').click()
  const done = leader.getByText(/已收货：GR-/)
  await expect(done).toBeVisible()
  return (await done.textContent())?.match(/GR-[\d-]+/)?.[0] ?? ''
}

/** The supplier's invoice for what was received, matched by the platform, approved by the buyer. */
async function invoiceAndApprove(leader: Page, supplier: Page, receipt: string) {
  const number = `26${mark}${String(Date.now()).slice(-12)}`
  await supplier.goto('/finance/invoices/new?side=supplier')
  await choose(supplier, '客户', '白泽')
  await supplier.getByRole('checkbox', { name: `${receipt} ${code}` }).check()
  await supplier.getByLabel('发票号码').fill(number)
  await button(supplier, '保存并提交').click()
  await expect(heading(supplier, number)).toBeVisible()
  await leader.goto('/finance/invoices?side=buyer')
  await rowLink(leader, number).click()
  await expect(heading(leader, '匹配通过')).toBeVisible()
  const match = leader.getByRole('row').filter({ hasText: receipt })
  await expect(match).toContainText('1,940.00')
  await expectAccessible(leader, 'an invoice and its match')
  await button(leader, '批准入账').click()
  await expect(leader.getByText('已批准，应付与凭证已生成').first()).toBeVisible()
  await leader.goto('/finance')
  await expect(leader.getByRole('row').filter({ hasText: number })).toContainText('2,192.20')
}

/** The buyer proposes, and signs by that; the supplier ticks every line and signs. */
async function signStatement(leader: Page, supplier: Page, receipt: string) {
  await leader.goto('/finance/statements?side=buyer')
  await button(leader, '发起对账').click()
  await choose(leader, '供应商', '应龙')
  await inDialog(leader, '发起对账').click()
  const number = await found(leader, /DZ-[\d-]+/)
  await supplier.goto('/finance/statements?side=supplier')
  await rowLink(supplier, number).click()
  await expect(supplier.getByRole('row').filter({ hasText: receipt })).toContainText('2,192.20')
  await button(supplier, '全部无误').click()
  await button(supplier, '签署').click()
  await inDialog(supplier, '签署').click()
  await expect(heading(supplier, /双方已签署|已签署/)).toBeVisible()
  await expectAccessible(supplier, 'a signed statement')
}

test('one chain trades: from the request for quotation to the statement that both have signed', async ({ browser }) => {
  await catalogue()
  const [leader, winner, loser] = [await open(browser, '白泽'), await open(browser, '应龙'), await open(browser, '赤水')]

  const { title, opensAt } = await ask(leader)
  await Promise.all([bid(winner, title, '48.5', '10'), bid(loser, title, '52.25', '7')])
  await expect(leader.getByRole('main')).not.toContainText('48.5')
  await leader.waitForTimeout(Math.max(0, opensAt - Date.now()))
  const order = await awardAndOrder(leader)
  // Who lost sees that he lost: no price, no winner, no order.
  await loser.reload()
  await expect(loser.getByText('本企业未中标')).toBeVisible()
  await expect(loser.getByRole('main')).not.toContainText('48.5')
  await expect(loser.getByRole('main')).not.toContainText('应龙')
  await loser.goto(new URL(leader.url()).pathname)
  await expect(loser.getByText(order)).toHaveCount(0)

  await counterAndAgree(leader, winner, order)
  const shipment = await notifyWithLabels(winner, order)
  const receipt = await receiveShort(leader, shipment)

  await winner.goto('/logistics/claims?side=supplier')
  await expect(winner.getByRole('row').filter({ hasText: shipment.number })).toContainText(/短缺.*20 个/)
  await leader.goto('/inventory')
  await expect(leader.getByRole('row').filter({ hasText: code })).toContainText(/40 个.*¥1,940\.00/)

  await invoiceAndApprove(leader, winner, receipt)
  await signStatement(leader, winner, receipt)
  for (const page of [leader, winner, loser]) await page.context().close()
})
