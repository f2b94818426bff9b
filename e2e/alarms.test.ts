import { expect, type Page, test } from '@playwright/test'
import { expectAccessible, logInAs } from './journey.ts'

const LEADER = '白泽'
const METER = '1号多功能电能表'

/** In a select: open, type, take the one option by the keyboard. */
async function choose(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label })
  await field.fill(text)
  await expect(page.locator('.ant-select-item-option-active')).toContainText(text)
  await field.press('Enter')
}

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

async function fillReason(page: Page, action: RegExp, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('原因').fill(reason)
  await dialog.getByRole('button', { name: action }).click()
  await expect(dialog).toBeHidden()
}

test('an alarm from its rule through raise, acknowledgement and shelving to the key figures', async ({ page }) => {
  const name = `试验电压 ${Date.now().toString(36)}`
  await logInAs(page, LEADER)

  // The rule is made on the machine's own page; the voltage of a live meter is above nought at once.
  await page.getByRole('link', { name: '设备', exact: true }).click()
  await page.getByRole('link', { name: METER }).click()
  await page.getByRole('button', { name: '新建规则' }).click()
  await page.getByLabel('告警名称').fill(name)
  await choose(page, '测点', '线电压')
  await page.getByRole('combobox', { name: '优先级' }).click()
  await page.getByTitle('紧急', { exact: true }).click()
  await page.getByRole('dialog').getByLabel('限值', { exact: true }).fill('1')
  await page.getByLabel('处理措施').fill('这是试验，确认即可')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /保\s?存/ })
    .click()
  await expect(page.getByRole('dialog')).toBeHidden()

  // It stands in the console without a reload, the most pressing first.
  await page.getByRole('link', { name: '告警', exact: true }).click()
  await expect(rowOf(page, name)).toContainText('未确认')
  await expect(rowOf(page, name)).toContainText('V')
  await expectAccessible(page, '告警台')
  await rowOf(page, name)
    .getByRole('button', { name: /确\s?认/ })
    .click()
  await expect(rowOf(page, name)).toContainText('已确认')

  // Shelved with a reason it leaves the console and stands aside, until it is taken back.
  await rowOf(page, name)
    .getByRole('button', { name: /搁\s?置/ })
    .click()
  await fillReason(page, /^搁\s?置$/, '试验期间')
  await expect(rowOf(page, name)).toBeHidden()
  await page.getByText('搁置与抑制', { exact: true }).first().click()
  await expect(rowOf(page, name)).toContainText('试验期间')
  await rowOf(page, name).getByRole('link', { name }).click()

  // Its own page: what to do, the curve, everything that happened and who did it.
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await expect(page.getByText('这是试验，确认即可')).toBeVisible()
  await expect(page.locator('.ls-chart canvas').first()).toBeVisible()
  await page.getByRole('button', { name: '取消搁置' }).click()
  await fillReason(page, /^取消搁置$/, '试验结束')
  const timeline = page.locator('.ls-timeline')
  await expect(timeline).toContainText('取消搁置 → 未确认')
  await expect(timeline).toContainText('确认 → 已确认')
  await expect(timeline).toContainText('产生 → 未确认')
  await expectAccessible(page, '告警详情')

  // It counts, and the history has it.
  await page.goto('/alarms/kpis')
  await expect(page.locator('[data-kpi="raised"] strong')).not.toHaveText('0')
  await expect(page.getByRole('link', { name })).toBeVisible()
  await expectAccessible(page, '告警指标')
  await page.getByText('历史', { exact: true }).click()
  await page.getByPlaceholder('告警名称或测点').fill(name)
  await expect(rowOf(page, name).filter({ hasText: '试验结束' })).toBeVisible()

  // Ended, it stands nowhere any more.
  await page.getByText('规则', { exact: true }).click()
  await expect(page.getByRole('button', { name: '新建规则' })).toBeVisible()
  await page.getByRole('link', { name: '从 Excel 导入' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('从 Excel 导入告警规则')
  await expectAccessible(page, '导入告警规则')
  await page.goBack()
  await page.getByPlaceholder('告警名称或测点').fill(name)
  await rowOf(page, name).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用规则' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: '停用规则' }).click()
  await expect(rowOf(page, name)).toBeHidden()
})
