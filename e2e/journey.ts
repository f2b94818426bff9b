import type { Page } from '@playwright/test'
import { demoAccount } from './platform.ts'

/** Signs in on the log-in page as a person of the demo chain. */
export async function logIn(page: Page, { login, password }: { login: string; password: string }): Promise<void> {
  await page.goto('/')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

export const logInAs = (page: Page, organisation: string): Promise<void> =>
  logIn(
    page,
    demoAccount((account) => account.organisation.includes(organisation)),
  )
