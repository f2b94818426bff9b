import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { writeXlsx } from 'hucre/xlsx'
import { freePort } from '#embedded/ports.ts'
import { type Program, startGateway, startMachine } from './field-programs.ts'
import { expectAccessible, logInAs } from './journey.ts'

const PLANT = '夔牛'
const POINTS = 500
/** The journey may be made again on a platform that stays (E2E_URL). */
const run = randomBytes(2).toString('hex')
/** With pymodbus the machine stays away so long that the curve, which counts whole minutes, has one without a value. */
const LONG_OUTAGE_MS = process.env.E2E_MODBUS_PEER === undefined ? 0 : 125_000

const nameOf = (i: number) => `p${String(i).padStart(3, '0')}`
const section = (page: Page, title: string): Locator =>
  page.locator('section.ls-section', { has: page.getByRole('heading', { level: 2, name: title, exact: true }) })
const shownValue = (page: Page, point: string): Locator => page.locator(`[data-point="${point}"] .tm-card-value`)

/** In a select: open it, narrow it where it can be searched (of a long list only the first options are in the page), take the option. */
async function choose(within: Page | Locator, label: string, text: string): Promise<void> {
  const page = 'page' in within ? within.page() : within
  await within.getByRole('combobox', { name: label }).click()
  await page.keyboard.type(text)
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle(text, { exact: true }).click()
}

/** A point table as somebody types it in Excel, with three rows that cannot be. */
function pointTable(): Promise<Uint8Array> {
  const rows = Array.from({ length: POINTS }, (_, i) => [
    nameOf(i),
    `温度 ${i}`,
    '°C',
    '小数',
    '1',
    `holding:${2 * i}`,
    '32 位浮点数',
    '1000',
  ])
  const wrong = { 11: [5, '保持寄存器22'], 199: [7, '3'], 349: [0, nameOf(10)] } as const
  for (const [row, [column, text]] of Object.entries(wrong)) rows[Number(row)]![column] = text
  const head = ['标识', '显示名称', '单位', '值类型', '小数位', '地址', '数据类型', '周期（ms）']
  return writeXlsx({ sheets: [{ name: '点表', rows: [head, ...rows] }] })
}

async function declareNetwork(page: Page): Promise<void> {
  await page.goto('/plant')
  await page.getByRole('tree').getByText('北碚电机工厂').click()
  const networks = section(page, '生产网段')
  await expect(networks).toBeVisible()
  if ((await networks.textContent())?.includes('127.0.0.0/24')) return
  await networks.getByRole('button', { name: '编辑' }).click()
  await page.getByRole('button', { name: '添加网段' }).click()
  await page.getByRole('textbox', { name: '网段' }).fill('127.0.0.0/24')
  await page.getByRole('textbox', { name: '说明' }).fill('试验台')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await expect(networks).toContainText('127.0.0.0/24')
}

/** Registers the gateway and starts it with what the page shows once. */
async function addGateway(page: Page): Promise<{ gateway: Program; path: string }> {
  await page.goto('/gateways')
  await page.getByRole('link', { name: '新增网关' }).first().click()
  await page.getByLabel('编码').fill(`GW-${run}`)
  await page.getByLabel('名称', { exact: true }).fill(`试验台网关 ${run}`)
  await page.getByRole('button', { name: '新增', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: '登记网关程序' })
  await expect(dialog).toBeVisible()
  const [user = '', secret = ''] = await dialog.locator('dd code').allTextContents()
  expect(user).toContain(`/GW-${run}`)
  await expect(dialog).toContainText(/node lianshu-gateway.js enrol http:\/\/[^ ]+ [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/)
  await dialog.getByRole('button', { name: '已保存' }).click()
  await expect(page.getByText('还没有收到此网关的报告')).toBeVisible()
  const gateway = startGateway({ user, secret })
  await expect(page.getByText('在线').first()).toBeVisible()
  return { gateway, path: new URL(page.url()).pathname }
}

async function addLink(page: Page, port: number): Promise<void> {
  await page.getByRole('button', { name: '新增链路' }).click()
  const drawer = page.getByRole('dialog', { name: '新增链路' })
  await drawer.getByLabel('名称').fill('试验台')
  await drawer.getByLabel('主机').fill('10.9.9.9')
  await drawer.getByLabel('端口').fill(String(port))
  await drawer.getByRole('button', { name: '保存' }).click()
  await expect(drawer.getByText('地址 10.9.9.9 不在该厂区已声明的网络内')).toBeVisible()
  await drawer.getByLabel('主机').fill('127.0.0.1')
  await drawer.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('该链路还没有接入设备')).toBeVisible()
}

async function addThingModel(page: Page): Promise<void> {
  await page.goto('/devices/thing-models/new')
  await page.getByLabel('编码').fill(`rig-${run}`)
  await page.getByLabel('名称', { exact: true }).first().fill(`试验台 ${run}`)
  const properties = page.getByRole('table', { name: '属性' })
  await properties.getByLabel('名称', { exact: true }).fill('温度 0')
  await properties.getByLabel('标识').fill(nameOf(0))
  await properties.getByLabel('单位').fill('°C')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByRole('heading', { level: 1, name: `试验台 ${run}` })).toBeVisible()
}

/** A list of KEPServerEX: what can be read becomes rows that one rule names, the rest says why; the table's own file then takes their place. */
async function importTagList(page: Page): Promise<void> {
  const list = [
    'Tag Name,Address,Data Type,Respect Data Type,Client Access,Scan Rate,Scaling,Raw Low,Raw High,Scaled Low,Scaled High,Scaled Data Type,Clamp Low,Clamp High,Eng Units,Description,Negate Value',
    '"1号炉.出口温度","400001",Word,1,RO,500,Linear,0,1000,0,100,Double,0,0,"℃","1号炉出口温度",0',
    '"1号炉.压力","400003",Float,1,R/W,100,,,,,,,,,"kPa","",',
    '"1号炉.开方流量","400005",Word,1,RO,100,Square Root,0,1000,0,100,Double,0,0,"","",0',
  ]
  await page.locator('input[type=file]').setInputFiles({ name: 'tags.csv', mimeType: 'text/csv', buffer: Buffer.from(list.join('\r\n')) })
  const drawer = page.getByRole('dialog', { name: 'KEPServerEX 标签表' })
  await expect(drawer).toContainText('第 4 行 1号炉.开方流量 · Scaling “Square Root”：换算不是线性的')
  await expectAccessible(page, 'a list of tags')
  await drawer.getByRole('button', { name: '加入 2 个点' }).click()
  await page.getByRole('button', { name: '按规则命名' }).click()
  const naming = page.getByRole('dialog', { name: '按规则命名' })
  await naming.getByLabel('标识规则').fill('F{n:2}_{name}')
  await expect(naming).toContainText('F01_chukouwendu')
  await expectAccessible(page, 'naming by rule')
  await naming.getByRole('button', { name: '命名 2 个点' }).click()
  await expect(page.getByLabel('标识 2', { exact: true })).toHaveValue('F02_yali')
}

/** Imports the table; what is wrong stands there in words, and is mended in its cell. */
async function importTable(page: Page): Promise<void> {
  await page.goto('/gateways/point-tables/new')
  await page.getByText('新建空表').click()
  await page.getByLabel('名称', { exact: true }).fill(`点表 ${run}`)
  await choose(page, '物模型', `试验台 ${run}`)
  await page.getByRole('button', { name: '新增', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: `点表 ${run}` })).toBeVisible()
  await importTagList(page)
  const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  await page.locator('input[type=file]').setInputFiles({ name: '点表.xlsx', mimeType, buffer: Buffer.from(await pointTable()) })
  const problems = page.getByRole('alert').filter({ hasText: '有 3 处错误' })
  await expect(problems).toContainText('第 12 行（文件第 13 行）· 地址：无法识别地址“保持寄存器22”')
  await expect(problems).toContainText('第 200 行（文件第 201 行）· 周期（ms）：周期为 5 到 86400000 毫秒')
  await expect(problems).toContainText('第 350 行（文件第 351 行）· 标识：与第 11 行重复')
  await expectAccessible(page, 'the point table with mistakes')
  await mended(page, '第 12 行', '地址 12', 'holding:22')
  await mended(page, '第 200 行', '周期（ms） 200', '1000')
  await mended(page, '第 350 行', '标识 350', nameOf(349))
  await expect(problems).toBeHidden()
}

async function mended(page: Page, problem: string, cell: string, text: string): Promise<void> {
  await page.getByRole('alert').getByRole('button', { name: problem }).click()
  await page.getByLabel(cell, { exact: true }).fill(text)
}

async function testRead(page: Page): Promise<void> {
  const lacking = page.getByRole('button', { name: '加入物模型' })
  if (await lacking.isVisible()) await lacking.click()
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('已保存')).toBeVisible()
  const bar = section(page, '试读')
  await choose(bar, '采集网关', `试验台网关 ${run}`)
  await choose(bar, '链路', '试验台')
  await bar.getByRole('button', { name: '试读' }).click()
  await expect(bar.getByText(`读到 ${POINTS} 个点`)).toBeVisible()
}

async function connectMachine(page: Page, gateway: string): Promise<void> {
  await page.goto(`${gateway}/connect`)
  await choose(page, '点表', `点表 ${run}`)
  await page.getByLabel('编码').fill(`RIG-${run}`)
  await page.getByLabel('名称', { exact: true }).fill(`一号试验台 ${run}`)
  await page.getByRole('button', { name: '保存并开始采集' }).click()
  await expect(page.getByRole('heading', { level: 1, name: `一号试验台 ${run}` })).toBeVisible()
}

const moves = async (value: Locator, whole: number) => {
  await expect(value).toHaveText(new RegExp(`^${whole}\\.\\d °C$`))
  const before = await value.textContent()
  await expect(value).not.toHaveText(before ?? '')
}

/** The quality of a bad value says what happened, where it is read, what to do, and what the last good value was. */
async function tellsWhy(page: Page, point: string): Promise<void> {
  await page.locator(`[data-point="${point}"] .tm-why`).click()
  const told = page.getByRole('dialog', { name: '这个值为什么是这样' })
  await expect(told).toContainText(/没有应答|没有连通/)
  await expect(told).toContainText('127.0.0.1')
  await expect(told).toContainText('holding:6')
  await expect(told).toContainText('处理：')
  await expect(told).toContainText(/上一次良好的值：3\.\d °C/)
  await expectAccessible(page, 'why a value is bad')
  await page.keyboard.press('Escape')
  await expect(told).toBeHidden()
}

// A page of 500 values that move each second: recording all of it takes longer than the journey.
test.use({ trace: 'off' })

test('an owner connects a machine of 500 points by a gateway; the machine falls silent and says why, and comes back', async ({ page }) => {
  page.setDefaultTimeout(60_000)
  const port = await freePort()
  let machine = await startMachine(port)
  const programs: Program[] = []
  try {
    await logInAs(page, PLANT)
    await declareNetwork(page)
    const { gateway, path } = await addGateway(page)
    programs.push(gateway)
    await addLink(page, port)
    await addThingModel(page)
    await importTable(page)
    await testRead(page)
    await connectMachine(page, path)
    await moves(shownValue(page, nameOf(499)), 499)
    const source = section(page, '采集')
    await expect(source).toContainText('500 / 500 正常')

    process.kill(machine.pid, 'SIGSTOP')
    await expect(source).toContainText('无应答')
    await tellsWhy(page, nameOf(3))
    process.kill(machine.pid, 'SIGCONT')
    await expect(source).toContainText('500 / 500 正常')
    await moves(shownValue(page, nameOf(3)), 3)
    if (LONG_OUTAGE_MS > 0) {
      await machine.stop()
      await expect(source).toContainText('连接被拒绝')
      await sleep(LONG_OUTAGE_MS)
      machine = await startMachine(port)
      await expect(source).toContainText('500 / 500 正常', { timeout: 180_000 })
      // Bad values, not merely none: the gateway says each minute that it could not read.
      await expect(section(page, '趋势').getByText('坏值')).toBeVisible({ timeout: 60_000 })
    }

    await page.goto(path)
    await expect(page.getByText('已连通').first()).toBeVisible()
    await expect(section(page, '日志')).toContainText('无应答')
    // A request takes 125 registers: 62 values of 32 bits.
    await expect(page.getByText('每 1 s：500 点 → 9 次请求')).toBeVisible()
    await page.getByRole('button', { name: '报文' }).click()
    const frames = page.getByRole('list', { name: '试验台 的报文' })
    await expect(frames.getByText('收到').first()).toBeVisible()
    await expect(frames.getByText('12 字节').first()).toBeVisible()
    await expectAccessible(page, 'the gateway’s page')
  } finally {
    for (const program of [...programs, machine]) await program.stop()
  }
})
