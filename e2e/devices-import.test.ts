import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { readXlsx } from 'hucre/xlsx'
import { expectAccessible, logInAs } from './journey.ts'

const LEADER = '白泽'
const HEAD = '设备编码,名称,物模型,安装位置,状态,生成凭据'

const fileOf = (name: string, rows: readonly string[]) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(`\ufeff${[HEAD, ...rows].join('\r\n')}\r\n`),
})

async function downloaded(page: Page, click: () => Promise<void>): Promise<{ name: string; rows: string[][] }> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()])
  const { sheets } = await readXlsx(await readFile(await download.path()))
  return { name: download.suggestedFilename(), rows: (sheets[0]?.rows ?? []).map((row) => row.map((cell) => String(cell ?? ''))) }
}

/** A thing model and a place of the demo chain, by their words. */
async function anyModel(page: Page): Promise<string> {
  await page.goto('/devices/thing-models')
  const first = page.getByRole('main').getByRole('table').getByRole('row').nth(1)
  await expect(first).toBeVisible()
  return (await first.getByRole('link').first().textContent()) ?? ''
}

test('an engineer imports devices: three wrong rows say why, the right ones come, secrets are given once', async ({ page }) => {
  await logInAs(page, LEADER)
  const model = await anyModel(page)
  await page.goto('/devices')
  await page.getByRole('link', { name: 'Excel 导入' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '批量导入设备' })).toBeVisible()
  const template = await downloaded(page, () => page.getByRole('button', { name: '下载模板' }).click())
  expect(template.name).toBe('设备-导入模板.xlsx')
  expect(template.rows[0]?.slice(0, 4)).toEqual(['编码 *', '名称 *', '英文名称', '物模型 *'])
  await expectAccessible(page, 'the import page')

  const file = page.locator('input[type=file]')
  await file.setInputFiles({ name: '设备.xlsx', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 …') })
  await expect(page.getByRole('alert')).toContainText('这不是 .xlsx 或 .csv 文件')

  await file.setInputFiles(
    fileOf('设备清单.csv', [
      `E2E-01,导入一号,${model},,在用,是`,
      `E2E-02,导入二号,${model},,计划,否`,
      `e2e-01,重复的,${model},,,`,
      `E2E-04,,${model},火星厂,,`,
      `E2E 05,空格编码,没有的模型,,,`,
    ]),
  )
  await expect(page.getByText('可导入 2 行')).toBeVisible()
  await expect(page.getByText('出错 3 行')).toBeVisible()
  const problems = page.getByRole('table').first()
  await expect(problems.getByRole('row', { name: /第 4 行 编码 .*与本文件第 2 行重复/ })).toBeVisible()
  await expect(problems.getByRole('row', { name: /第 5 行 名称 .*必填/ })).toBeVisible()
  await expect(problems.getByRole('row', { name: /第 6 行 编码 .*字母或数字开头/ })).toBeVisible()
  await expectAccessible(page, 'the preview')
  const wrong = await downloaded(page, () => page.getByRole('button', { name: '下载出错的行' }).click())
  expect(wrong.rows.map((row) => row[0])).toEqual(['编码 *', 'e2e-01', 'E2E-04', 'E2E 05'])

  await page.getByRole('button', { name: '跳过 3 行，导入 2 行' }).click()
  await expect(page.getByText('已导入 2 行')).toBeVisible()
  await page.getByRole('button', { name: '生成并下载凭据' }).click()
  const secrets = await downloaded(page, () => page.getByRole('dialog').getByRole('button', { name: '生成并下载凭据' }).click())
  expect(secrets.rows.map((row) => row[0])).toEqual(['编码', 'E2E-01'])
  await expect(page.getByText('凭据已下载')).toBeVisible()

  await page.getByRole('link', { name: '查看列表' }).click()
  await page.getByPlaceholder('搜索编码、名称、制造商、出厂编号').fill('E2E-0')
  await expect(page.getByText('共 2 条')).toBeVisible()
  await page.getByRole('button', { name: '导出（全部 2 行）' }).click()
  const list = await downloaded(page, () => page.getByRole('menuitem', { name: 'Excel（.xlsx）' }).click())
  expect(list.name).toMatch(/^devices-\d+\.xlsx$/)
  expect(list.rows.map((row) => row[1]).sort()).toEqual(['E2E-01', 'E2E-02', '编码'])

  await page.goto('/devices/import')
  await expect(page.getByText('设备清单.csv').first()).toBeVisible()

  // Machine types need not be invented: a template brings them, and leaves what stands already.
  await page.goto('/templates')
  await page.getByRole('link', { name: /^压铸/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: '压铸行业模板' })).toBeVisible()
  await expectAccessible(page, 'a template')
  await page.getByRole('button', { name: /^应用/ }).click()
  await expect(page.getByText(/^已建立：\d+ 个位置/)).toBeVisible()
  await page.locator('[data-machine="leak-tester"]').getByRole('link', { name: '填写点表' }).click()
  await expect(page.getByText('10 个点中有 10 个还没有地址')).toBeVisible()
})
