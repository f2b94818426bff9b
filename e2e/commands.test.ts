import { type Browser, expect, type Page, test } from '@playwright/test'
import { expectAccessible, logIn } from './journey.ts'
import { demoAccount } from './platform.ts'

const MACHINE = 'comp-01'
const POINT = 'pressureSetMpa'

async function signedIn(browser: Browser, role: string, viewport: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport })
  await logIn(
    page,
    demoAccount((account) => account.organisation.includes('白泽') && account.role.includes(role)),
  )
  await expect(page.getByRole('button', { name: /搜索/ }).first()).toBeVisible()
  return page
}

async function openMachine(page: Page): Promise<void> {
  await page.goto(`/devices?search=${MACHINE}`)
  await page.getByRole('row').filter({ hasText: MACHINE }).getByRole('link').first().click()
  await expect(page.locator(`[data-write="${POINT}"]`)).toBeVisible()
}

test('an engineer asks for a set point, his leader approves it on the phone, the machine takes it and shows it', async ({ browser }) => {
  const engineer = await signedIn(browser, '设备工程师', { width: 1440, height: 900 })
  const leader = await signedIn(browser, '周白泽', { width: 360, height: 780 })
  await openMachine(engineer)
  const point = engineer.locator(`[data-write="${POINT}"]`)
  // A demo that has just begun catches up with its past before its machines are read.
  await expect(point.locator('.cm-now')).toHaveText(/0\.\d\d MPa/, { timeout: 120_000 })
  const before = /0\.\d\d MPa/.exec((await point.locator('.cm-now').textContent()) ?? '')?.[0] ?? ''
  const wanted = before === '0.70 MPa' ? '0.71' : '0.70'

  await point.getByRole('button', { name: '写入' }).click()
  const drawer = engineer.getByRole('dialog')
  await drawer.getByLabel('新值').fill('1.5')
  await drawer.getByLabel('原因').fill('夜班用气少，降低压力')
  await drawer.getByRole('button', { name: '下一步' }).click()
  await expect(drawer.getByText('值超出允许范围')).toBeVisible()
  await drawer.getByLabel('新值').fill(wanted)
  await drawer.getByRole('button', { name: '下一步' }).click()
  await expect(engineer.getByText(`排气压力设定 由 ${before} 改为 ${wanted} MPa。`)).toBeVisible()
  await engineer.getByRole('button', { name: '提交审批' }).click()
  await expect(engineer.getByRole('heading', { level: 1, name: /^CM-/ })).toBeVisible()
  await expect(engineer.getByText('等待第二人批准')).toBeVisible()
  await expect(engineer.getByRole('button', { name: '批准' })).toBeHidden()
  await expectAccessible(engineer, 'a command that waits')
  const number = /CM-\d+-\d+/.exec((await engineer.getByRole('heading', { level: 1 }).textContent()) ?? '')?.[0] ?? ''

  await leader.goto('/commands?group=waiting')
  await leader.getByRole('link', { name: number }).click()
  await leader.getByRole('button', { name: '批准' }).click()
  const asked = leader.getByRole('dialog', { name: `批准 ${number}` })
  await expect(asked).toContainText(`由 ${before} 改为 ${wanted} MPa`)
  await asked.getByRole('button', { name: '批准' }).click()
  await expect(leader.getByText('设备已执行，并已读回。')).toBeVisible()
  await expect(engineer.getByText('设备已执行，并已读回。')).toBeVisible()
  await expect(engineer.locator('.cm-change')).toContainText(new RegExp(`写入前${before}.*写入值${wanted} MPa.*读回值${wanted} MPa`))
  await expectAccessible(engineer, 'a command that is done')

  // The machine goes on by it: what the gateway reads afterwards is the new value.
  await openMachine(engineer)
  await expect(engineer.locator(`[data-point="${POINT}"] .tm-card-value`)).toHaveText(`${wanted} MPa`)
  await engineer.goto('/commands')
  await expect(engineer.getByRole('row', { name: new RegExp(`${number}.*已完成`) })).toBeVisible()
})

test('a plant is switched off with a reason: nothing can be written there, and it says why', async ({ browser }) => {
  const leader = await signedIn(browser, '周白泽', { width: 1440, height: 900 })
  const switched = async (name: '关闭' | '开启') => {
    await leader.goto('/commands/sites')
    const site = leader.getByRole('listitem').filter({ hasText: '九龙坡总装基地' })
    await site.getByRole('button', { name }).click()
    const dialog = leader.getByRole('dialog')
    await dialog.getByLabel('原因').fill('年度检修')
    // The first one closes the dialog.
    await dialog.getByRole('button', { name }).last().click()
    await expect(site).toContainText('年度检修')
    await expect(site).toContainText(name === '关闭' ? '未开启' : '已开启')
  }
  await switched('关闭')
  await openMachine(leader)
  await expect(leader.getByText('厂区“九龙坡总装基地”的指令功能未开启')).toBeVisible()
  await expect(leader.locator(`[data-write="${POINT}"]`).getByRole('button', { name: '写入' })).toBeDisabled()
  await switched('开启')
})
