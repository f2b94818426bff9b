import { expect, type Page, test } from '@playwright/test'
import { expectAccessible, logIn, logInAs } from './journey.ts'
import { demoAccount } from './platform.ts'

const leader = '白泽'

/** Everything the menu offers this person, by address. */
async function menuPaths(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation').getByRole('link')
  await expect(links.first()).toBeVisible()
  const paths = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
  return [...new Set(paths.filter((path) => path.startsWith('/')))]
}

test('a wrong password is refused in words and leaves the name where it was', async ({ page }) => {
  await logIn(page, { login: 'leader', password: 'certainly-not-it-1' })
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('登录名')).toHaveValue('leader')
  await expectAccessible(page, 'the log-in page')
})

test('the leader logs in, and every page of the menu opens without a failure', async ({ page }) => {
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  page.on('response', (response) => {
    if (response.status() >= 500) failures.push(`${response.status()} ${response.url()}`)
  })
  await logInAs(page, leader)
  const paths = await menuPaths(page)
  expect(paths.length).toBeGreaterThan(8)
  const navigation = page.getByRole('navigation').first()
  for (const path of paths) {
    await navigation.locator(`a[href="${path}"]`).click()
    await expect(navigation.locator(`a[href="${path}"]`)).toHaveAttribute('aria-current', 'page')
    await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0)
    await expectAccessible(page, path)
  }
  expect(failures).toEqual([])
})

test('the same pages in English hold no Chinese menu', async ({ page }) => {
  // A person's language is kept: this one appears in no other journey.
  await logIn(
    page,
    demoAccount((account) => account.login === 'engineer'),
  )
  await expect(page.getByRole('navigation').first()).toBeVisible()
  await page.getByRole('button', { name: 'Switch to English' }).click()
  const navigation = page.getByRole('navigation').first()
  await expect(navigation).not.toContainText(/[\u4e00-\u9fff]/)
})

test('what belongs to a page of another is not reachable without a session', async ({ page }) => {
  await page.goto('/devices')
  await expect(page.getByRole('heading', { name: '登录' })).toBeVisible()
})
