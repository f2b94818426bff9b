import { defineConfig } from 'vitest/config'

/** Units of the web side: pure functions, without a browser; pages are tried in a real one (e2e). */
export default defineConfig({
  test: { environment: 'node', include: ['ui/**/*.test.ts', 'apps/web/**/*.test.ts', 'modules/*/*/web/**/*.test.ts'] },
})
