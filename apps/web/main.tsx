import { QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { z } from 'zod'
import { startI18n, useAntdLocale, useWords } from '#ui/i18n.ts'
import { registerPages } from '#ui/module-pages.ts'
import { ErrorBoundary } from '#ui/page.tsx'
import { queryClient } from '#ui/query.ts'
import { changeTheme, themes, useThemeMode } from '#ui/theme.ts'
import { keepPages } from './offline.ts'
import { modulePages } from './pages.ts'
import { makeRouter } from './router.tsx'
import { shellWords } from './words.ts'

// zod would try `new Function`, which the content security policy forbids.
z.config({ jitless: true })

function Root({ router }: { router: ReturnType<typeof makeRouter> }) {
  const mode = useThemeMode()
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const locale = useAntdLocale()
  const t = useWords()
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Ant Design puts the field's label there
  const validateMessages = { required: t('ui:form.required', { label: '${label}' }) }
  return (
    <ConfigProvider
      theme={calm ? { ...themes[mode], token: { ...themes[mode].token, motion: false } } : themes[mode]}
      locale={locale}
      button={{ autoInsertSpace: false }}
      form={{ validateMessages }}
    >
      <AntApp component={false} message={{ top: 64 }}>
        <ErrorBoundary>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ErrorBoundary>
      </AntApp>
    </ConfigProvider>
  )
}

async function start(element: HTMLElement): Promise<void> {
  registerPages(modulePages)
  await startI18n([shellWords, ...modulePages])
  changeTheme(localStorage.getItem('lianshu.theme') === 'dark' ? 'dark' : 'light')
  createRoot(element).render(
    <StrictMode>
      <Root router={makeRouter(modulePages)} />
    </StrictMode>,
  )
}

const element = document.getElementById('root')
if (element) {
  void start(element)
  keepPages()
}
