import { type Browser, expect, type Page, test } from '@playwright/test'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { qualityApi } from '#modules/works/quality/contract.ts'
import { agreedOrder } from './agreed-order.ts'
import { button, choose, expectAccessible, found, inDialog, logInAs, rowLink, spaced } from './journey.ts'

const sizes = { 'a desk': { width: 1440, height: 900 }, 'a phone': { width: 360, height: 780 } }

async function open(browser: Browser, organisation: string, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport: sizes['a desk'], locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await logInAs(page, organisation)
  await page.setViewportSize(viewport)
  return page
}

/** Nothing is cut off or pushed out of a phone's page. */
async function expectInWidth(page: Page, where: string) {
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect.soft(beyond, `width of ${where}`).toBeLessThanOrEqual(0)
}
async function look(page: Page, where: string) {
  // What is fading in or out is paler than it will be, and a list that is closing has lost its field.
  await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0)
  await expectInWidth(page, where)
  await expectAccessible(page, where)
}

/** What comes by news may come later than the page: it is opened again. A list has rows to click at a desk, and cards on a phone. */
async function openRow(page: Page, address: string, text: string) {
  const main = page.getByRole('main')
  const row = main.getByRole('row').or(main.getByRole('listitem')).filter({ hasText: text }).first()
  await expect(async () => {
    await page.goto(address)
    await expect(row).toBeVisible({ timeout: 4_000 })
  }).toPass({ timeout: 180_000 })
  const [cell, opener] = [row.getByRole('cell').first(), row.getByRole('link').or(row.getByRole('button')).first()]
  await (page.viewportSize()?.width === sizes['a phone'].width ? opener : cell).click()
}

/** What must be inspected on receipt, known to the supplier under a code of his own catalogue; a defect to reject it for. */
async function inspectedOrder() {
  const made = await agreedOrder({ control: 'lot', inspectedOnReceipt: true })
  const { leader, supplier, mark, supplierCode } = made
  const category = await supplier.call(materialsApi.createCategory, {
    body: { parentId: null, code: `Z${mark}`, name: `自制件 ${mark}`, nameEn: null, prefix: `Z${mark}`, attributes: [] },
  })
  await supplier.call(materialsApi.create, {
    body: { categoryId: category.id, code: supplierCode, name: '左曲轴箱（自制）', kind: 'part', baseUnit: 'C62', control: 'lot' },
  })
  const defect = `砂眼 ${mark}`
  await leader.call(qualityApi.createDefect, { body: { code: `SY${mark}`, name: defect, nameEn: null, severity: 'major' } })
  return { ...made, defect }
}

/** The supplier's notice of all 100 in boxes of 50: its number, its address, and what a scanner reads on the boxes. */
async function notify(supplier: Page, order: string, code: string) {
  await supplier.goto('/logistics?side=supplier')
  await supplier.getByRole('link', { name: /新建/ }).first().click()
  await supplier.getByRole('checkbox', { name: new RegExp(`${order} #1 `) }).check()
  await button(supplier, '选入 1 行').click()
  await supplier.getByLabel(`${code} 每箱`).fill('50')
  await supplier.getByLabel(`${code} 批次`).fill('B261126')
  await supplier.getByLabel('车牌号').fill('渝A12345')
  await button(supplier, '发出').click()
  const number = await found(supplier, /SN-[\d-]+/)
  const address = new URL(supplier.url()).pathname
  await look(supplier, 'an issued notice')
  await supplier.getByRole('main').getByRole('link', { name: /标签/ }).click()
  const printed = supplier.getByRole('main').getByText(/^\(00\) \d{18}$/)
  await expect(printed).toHaveCount(2)
  return { number, address, labels: (await printed.allInnerTexts()).map((text) => text.replace(/\D/g, '')) }
}

/** By scan; two of the pieces are refused at the door. */
async function receive(leader: Page, code: string, labels: readonly string[]) {
  await leader.goto('/receive')
  await expect(leader.getByLabel(/扫箱码/)).toBeVisible()
  for (const [i, label] of labels.entries()) {
    await leader.keyboard.type(label)
    await leader.keyboard.press('Enter')
    await expect(leader.getByLabel(`${code} 合格`)).toHaveValue(String(50 * (i + 1)))
  }
  await expect(leader.getByText('来料必检：收下后先进待处理区')).toBeVisible()
  await leader.getByLabel(`${code} 合格`).fill('98')
  await button(leader, '破损、错货、批次…').click()
  await leader.getByLabel('破损').fill('2')
  await leader.getByLabel('备注').fill('两件磕碰，随车退回')
  await look(leader, 'counting with damage')
  await button(leader, '下一步').click()
  await button(leader, '确认收货').click()
  await expect(leader.getByText(/已收货：GR-/)).toBeVisible()
}

/** Five of the lot are rejected for a reason, the rest goes onto the shelf. */
async function inspect(leader: Page, code: string, defect: string, notice: string) {
  await openRow(leader, `/quality?search=${code}`, code)
  await button(leader, '检验判定').click()
  await leader.getByLabel('抽样数量').fill('20')
  await leader.getByLabel('不合格数量').fill('5')
  await inDialog(leader, '部分合格：分别入库与退货').click()
  await expect(leader.getByText('有不合格数量时，至少选择一种缺陷。')).toBeVisible()
  await inDialog(leader, '添加缺陷').click()
  await choose(leader, '缺陷名称', defect)
  await leader.getByLabel('缺陷数量').fill('5')
  await look(leader, 'the verdict on a lot')
  await inDialog(leader, '部分合格：分别入库与退货').click()
  await expect(leader.getByText('部分合格').first()).toBeVisible()
  await expect(leader.getByText(/RT-[\d-]+/).first()).toBeVisible()
  await look(leader, 'an inspected lot')
  await rowLink(leader, notice).click()
  await expect(leader.getByRole('heading', { name: '退回的货' })).toBeVisible()
  await look(leader, 'the notice of an inspected lot')
}

/** The supplier accepts the claim of quality, the buyer has the goods taken back. */
async function settleClaim(leader: Page, supplier: Page, notice: string) {
  const openClaim = async (page: Page, side: string) => {
    await openRow(page, `/logistics/claims?side=${side}&search=${notice}`, '质量不合格')
  }
  await openClaim(supplier, 'supplier')
  await inDialog(supplier, '认可').click()
  await supplier
    .locator('.ant-modal')
    .getByRole('button', { name: spaced('认可') })
    .click()
  await expect(supplier.getByText('供应商已认可，等客户了结。')).toBeVisible()
  await look(supplier, 'an accepted claim')
  await openClaim(leader, 'buyer')
  await inDialog(leader, '了结').click()
  await choose(leader, '处理方式', '供应商取回')
  await leader
    .locator('.ant-modal')
    .getByRole('button', { name: spaced('了结') })
    .click()
  await expect(leader.getByText('双方已了结。')).toBeVisible()
}

/** The truck is home: all that was refused and returned but one goes into quarantine, one will not come. */
async function takeBack(supplier: Page, address: string) {
  await supplier.goto(address)
  const section = supplier
    .locator('section, .ant-card')
    .filter({ has: supplier.getByRole('heading', { name: '退回的货' }) })
    .last()
  await expect(section).toContainText('收货时拒收')
  await expect(section).toContainText('收货后退货')
  await button(supplier, '收回入库').click()
  await supplier.getByLabel(/本次收回 RT-/).fill('4')
  await supplier.getByRole('checkbox', { name: /其余不再收回/ }).check()
  await look(supplier, 'taking back')
  await inDialog(supplier, '收回入库').click()
  await expect(supplier.getByText('已登记收回')).toBeVisible()
  await expect(supplier.getByRole('button', { name: '收回入库' })).toHaveCount(0)
  await look(supplier, 'a notice with what was taken back')
}

for (const [name, size] of Object.entries(sizes))
  test(`goods are refused at the door and by inspection, claimed, sent back and taken back, at ${name}`, async ({ browser }) => {
    const { order, material, supplierCode, defect } = await inspectedOrder()
    const [leader, supplier] = [await open(browser, '白泽', size), await open(browser, '应龙', size)]
    const notice = await notify(supplier, order.number, material.code)
    await receive(leader, material.code, notice.labels)
    await inspect(leader, material.code, defect, notice.number)
    await settleClaim(leader, supplier, notice.number)
    await takeBack(supplier, notice.address)
    await supplier.goto('/inventory')
    // Two refused, four returned; of the fifth the supplier said that it will not come.
    const own = supplier.getByRole('row').or(supplier.getByRole('listitem')).filter({ hasText: supplierCode })
    await expect(own).toContainText('6 个')
    await leader.goto(notice.address)
    await expect(leader.getByRole('row').filter({ hasText: 'RT-' })).toContainText(/5 个.*4.*1.*0/)
    for (const page of [leader, supplier]) await page.context().close()
  })
