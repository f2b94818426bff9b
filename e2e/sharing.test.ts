import { expect, type Locator, type Page, test } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { logInAs } from './journey.ts'

const LEADER = '白泽'
const SUPPLIER = '应龙'
const SHARED = '1号冷室压铸机'
const CLOSED = '2号冷室压铸机'

const shownValue = (page: Page, point: string): Locator => page.locator(`[data-point="${point}"] .tm-card-value`)

/** In a select with search: type, wait for the one option, take it by the keyboard. */
async function choose(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label })
  await field.fill(text)
  await expect(page.locator('.ant-select-item-option-active')).toContainText(text)
  await field.press('Enter')
}

async function openPartnerMachine(page: Page, machine: string): Promise<void> {
  await page.getByRole('link', { name: '产业链', exact: true }).click()
  await page.getByPlaceholder('搜索单位名称').fill(SUPPLIER)
  await expect(page.getByText('共 1 条')).toBeVisible()
  await page.getByRole('link', { name: '重庆应龙压铸有限公司' }).click()
  await page.getByRole('link', { name: '合作方设备' }).click()
  await page.getByRole('link', { name: machine }).click()
  await expect(page.getByRole('heading', { level: 1, name: machine })).toBeVisible()
}

test('a shared machine’s temperature moves, a closed one says why; granted it opens, revoked it closes', async ({ browser, page }) => {
  await logInAs(page, LEADER)
  await expect(page.getByText('供应商 56 家')).toBeVisible()

  await openPartnerMachine(page, SHARED)
  const temperature = shownValue(page, 'dieTemperatureC')
  await expect(temperature).toHaveText(/\d.* °C/)
  const first = await temperature.textContent()
  await expect(temperature).not.toHaveText(first ?? '')

  await openPartnerMachine(page, CLOSED)
  await expect(page.getByRole('heading', { name: '这台设备的数据没有共享给贵方' })).toBeVisible()
  const closedAt = page.url()

  const supplier = await (await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })).newPage()
  await logInAs(supplier, SUPPLIER)
  await supplier.getByRole('link', { name: '设备', exact: true }).click()
  await supplier.getByRole('link', { name: CLOSED }).click()
  await supplier.getByRole('link', { name: '共享', exact: true }).click()
  await choose(supplier, '合作方', '重庆白泽摩托车股份有限公司')
  await supplier.getByLabel('用途').fill('新模具试产期间的温度协同')
  await supplier.getByRole('button', { name: '下一步：核对内容' }).click()
  await expect(supplier.getByRole('dialog')).toContainText('重庆白泽摩托车股份有限公司可以查看贵方')
  await supplier.getByRole('button', { name: '确认授出' }).click()
  await expect(supplier.getByText('生效中')).toBeVisible()

  await page.goto(closedAt)
  await expect(shownValue(page, 'dieTemperatureC')).toHaveText(/\d.* °C/)

  await supplier.getByRole('button', { name: '撤销协议' }).click()
  await supplier.getByRole('dialog').getByRole('button', { name: '撤销协议' }).click()
  await expect(supplier.getByRole('heading', { level: 1 })).toContainText('已撤销')
  // The page that is open loses the stream by itself, within seconds.
  await expect(page.getByText('没有向贵方授权查看此数据').or(page.getByText('没有共享给贵方')).first()).toBeVisible()
  await page.goto(closedAt)
  await expect(page.getByRole('heading', { name: '这台设备的数据没有共享给贵方' })).toBeVisible()
  await supplier.close()
})

test('a new device is added, publishes, and is seen live', async ({ page }) => {
  await logInAs(page, LEADER)
  await page.getByRole('link', { name: '设备', exact: true }).click()
  await page.getByRole('link', { name: '新增设备' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '新增设备' })).toBeVisible()
  const code = `e2e-${Date.now().toString(36)}`
  await choose(page, '类型', '多功能电能表')
  await page.getByRole('textbox', { name: /^\*? ?名称/ }).fill('试验电表')
  await page.getByLabel('编码').fill(code)
  await page.locator('main button[type="submit"]').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('密钥只显示这一次')
  const secret = (await dialog.locator('dd code').nth(1).textContent()) ?? ''
  await dialog.getByRole('button', { name: '已保存' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '试验电表' })).toBeVisible()

  const device = await connectAsync(`mqtt://127.0.0.1:${process.env.E2E_MQTT_PORT}`, {
    username: `baize/${code}`,
    password: secret,
    clientId: code,
  })
  try {
    for (const powerKw of [41.5, 52.5]) {
      await device.publishAsync(`v1/baize/${code}/telemetry`, JSON.stringify({ ts: Date.now(), values: { powerKw } }), { qos: 1 })
      await expect(shownValue(page, 'powerKw')).toContainText(String(powerKw))
    }
  } finally {
    await device.endAsync()
  }
})
