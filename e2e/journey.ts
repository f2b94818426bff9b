import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { demoAccount } from './platform.ts'

/** Signs in on the log-in page as a person of the demo chain. */
export async function logIn(page: Page, { login, password }: { login: string; password: string }): Promise<void> {
  await page.goto('/')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

/** As a person of an organisation of the demo chain, until his first page stands: before that the log-in page's own buttons are there. */
export async function logInAs(page: Page, organisation: string): Promise<void> {
  await logIn(
    page,
    demoAccount((account) => account.organisation.includes(organisation)),
  )
  await expect(page.getByRole('navigation').first()).toBeVisible()
}

/** axe finds nothing serious. Legacy mode asks in the page itself, not in a tab of its own: half the time; it leaves out foreign frames, and there are none. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).setLegacyMode().analyze()
  const grave = violations.filter(({ impact }) => impact === 'critical' || impact === 'serious')
  expect
    .soft(
      grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
      `accessibility of ${where}`,
    )
    .toEqual([])
}

/** A button by its words; between two Chinese ones the page may put a space. */
export const spaced = (name: string) => new RegExp(`^${[...name].join('\\s*')}$`)
export const button = (page: Page, name: string) => page.getByRole('button', { name: spaced(name) }).first()
/** The button that ends what stands in a window or drawer. */
export const inDialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name: spaced(name) })
export const heading = (page: Page, text: string | RegExp) => page.getByRole('heading', { level: 1 }).filter({ hasText: text })
export const rowLink = (page: Page, text: string) => page.getByRole('main').getByRole('link', { name: text }).first()
export const found = async (page: Page, pattern: RegExp): Promise<string> => {
  await expect(heading(page, pattern)).toBeVisible()
  return (await heading(page, pattern).textContent())?.match(pattern)?.[0] ?? ''
}

/** Opens a select, types where it takes that, and takes the option. */
export async function choose(page: Page, label: string, text: string) {
  const field = page.getByRole('combobox', { name: new RegExp(`^(\\* )?${label}$`) })
  await field.click()
  if (await field.isEditable()) await field.fill(text)
  const option = page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: text }).first()
  await expect(option).toBeVisible()
  // While the list is laid out anew for what was typed, a click may go beside.
  await page.waitForTimeout(200)
  await option.click()
}
