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
