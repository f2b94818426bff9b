import { expect, test } from '@playwright/test'
import { logInAs } from './journey.ts'

test('a page that was open once opens without a network, says what is missing, and goes on when the network is back', async ({
  page,
  context,
}) => {
  await logInAs(page, '白泽')
  await page.goto('/organisations')
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  // From now on the worker stands between: what it shall keep passes through it once.
  await page.reload()
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
  // With its rows the last of the page's scripts has come.
  await expect(page.getByRole('main').getByRole('row').nth(1)).toBeVisible()

  await context.setOffline(true)
  await page.reload()
  await expect(page.getByRole('navigation').first()).toContainText('产业链')
  await expect(page.getByText('列表没有加载成功')).toBeVisible()
  await expect(page.getByText('离线', { exact: true })).toBeVisible()
  const keys = (await page.evaluate(
    "caches.open('pages-1').then((cache) => cache.keys()).then((keys) => keys.map(({ url }) => new URL(url).pathname))",
  )) as string[]
  expect(keys).toContain('/')
  expect(keys.filter((path) => path.startsWith('/api/'))).toEqual([])
  expect(await page.evaluate(() => JSON.parse(localStorage.getItem('lianshu.session') ?? '{}').csrfToken)).toBe('')

  await context.setOffline(false)
  await page.reload()
  await expect(page.getByText('离线', { exact: true })).toHaveCount(0)
  await expect(page.getByText('列表没有加载成功')).toHaveCount(0)
})
