import { useQuery } from '@tanstack/react-query'
import { Spin } from 'antd'
import { createBrowserRouter, Navigate, Outlet, type RouteObject } from 'react-router'
import { ApiError, setApiSurroundings } from '#ui/api.ts'
import { allPages, type ModulePages } from '#ui/module-pages.ts'
import { ErrorNote, NotAllowed, NotFoundPage, RouteErrorPage } from '#ui/page.tsx'
import { queryClient } from '#ui/query.ts'
import { SessionContext, useCan, useSession } from '#ui/session.ts'
import { homePath } from './home-path.ts'
import { forgetSession } from './offline.ts'
import { sessionQuery } from './session-query.ts'
import { Shell } from './shell.tsx'

function Guard({ permission }: { permission: string }) {
  return useCan(permission) ? <Outlet /> : <NotAllowed />
}

function Home() {
  const path = homePath(allPages(), useSession())
  return path ? <Navigate to={path} replace /> : <NotAllowed />
}

/** Everything but the log-in stands behind the session. */
function Gate() {
  const { data: session, error, refetch } = useQuery(sessionQuery)
  if (session)
    return (
      <SessionContext value={session}>
        <Shell />
      </SessionContext>
    )
  const leaving = error instanceof ApiError && error.code === 'request.notSignedIn'
  if (error && !leaving) return <ErrorNote error={error} onRetry={() => void refetch()} />
  return <Waiting />
}

const Waiting = () => (
  <div className="ls-waiting">
    <Spin size="large" />
  </div>
)

const moduleRoutes = (pages: readonly ModulePages[]): RouteObject[] =>
  pages.flatMap((page) =>
    page.routes
      .filter((route) => route.permission !== 'public')
      .map((route) => ({
        path: route.path,
        element: <Guard permission={route.permission} />,
        children: [{ index: true, lazy: route.lazy, errorElement: <RouteErrorPage /> }],
      })),
  )

/** Pages for somebody who has no account: they stand before the session. */
const publicRoutes = (pages: readonly ModulePages[]): RouteObject[] =>
  pages.flatMap((page) =>
    page.routes
      .filter((route) => route.permission === 'public')
      .map((route) => ({ path: route.path, lazy: route.lazy, errorElement: <RouteErrorPage />, hydrateFallbackElement: <Waiting /> })),
  )

export function makeRouter(pages: readonly ModulePages[]) {
  const router = createBrowserRouter([
    { path: '/log-in', lazy: () => import('./log-in.tsx'), errorElement: <RouteErrorPage />, hydrateFallbackElement: <Waiting /> },
    {
      path: '/first-administrator',
      lazy: () => import('./first-administrator.tsx'),
      errorElement: <RouteErrorPage />,
      hydrateFallbackElement: <Waiting />,
    },
    ...publicRoutes(pages),
    {
      path: '/',
      element: <Gate />,
      errorElement: <RouteErrorPage />,
      hydrateFallbackElement: <Waiting />,
      children: [{ index: true, element: <Home /> }, ...moduleRoutes(pages), { path: '*', element: <NotFoundPage /> }],
    },
  ])
  setApiSurroundings({
    onSignedOut: () => {
      forgetSession()
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'access' || query.queryKey[1] !== 'state' })
      const { pathname, search } = router.state.location
      if (pathname === '/log-in' || pathname === '/first-administrator') return
      void router.navigate(`/log-in?return=${encodeURIComponent(pathname + search)}`)
    },
  })
  return router
}
