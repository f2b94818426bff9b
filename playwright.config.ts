import { defineConfig } from '@playwright/test'
import { installedBrowser } from './tests/browser.ts'

const executablePath = installedBrowser()
/** A test's browser asks nobody anything; as root Chromium has no sandbox. */
const quiet = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...[
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
]

/** Journeys in two browsers at a time, through one platform that e2e/platform.ts starts: each makes what it looks at, in words of its own. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  timeout: 900_000,
  expect: { timeout: 60_000 },
  globalSetup: './e2e/platform.ts',
  use: {
    ...(process.env.E2E_URL === undefined ? {} : { baseURL: process.env.E2E_URL }),
    actionTimeout: 60_000,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    // A button in a window that is still opening moves away from under a click.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: { args: quiet, ...(executablePath === undefined ? {} : { executablePath }) },
  },
})
