import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import type { z } from 'zod'
import { call, errorText } from '#ui/api.ts'
import { useNow } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatAge, formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan, useSession } from '#ui/session.ts'
import { type ActiveSession, accessApi } from '../contract.ts'
import { accessQueries } from './queries.ts'
import { browserOf } from './user-agent.ts'

type Row = z.infer<typeof ActiveSession>

/** Who is signed in now, from where; a session one does not know can be ended. */
export function Component() {
  const t = useWords('access')
  const now = useNow(10_000)
  const seesAll = useCan('access.read')
  const columns: Column<Row>[] = [
    { key: 'displayName', title: t('displayName'), sort: 'displayName', render: (s) => s.displayName, text: (s) => s.displayName },
    {
      key: 'lastSeenAt',
      title: t('lastSeen'),
      sort: 'lastSeenAt',
      render: (s) => (s.current ? <StatusTag tone="good">{t('thisSession')}</StatusTag> : formatAge(s.lastSeenAt, now, t)),
      text: (s) => formatDateTime(s.lastSeenAt),
    },
    {
      key: 'startedAt',
      title: t('startedAt'),
      sort: 'startedAt',
      render: (s) => formatDateTime(s.startedAt),
      text: (s) => formatDateTime(s.startedAt),
    },
    { key: 'address', title: t('address'), render: (s) => s.address, text: (s) => s.address },
    {
      key: 'userAgent',
      title: t('browser'),
      render: (s) => <span title={s.userAgent}>{browserOf(s.userAgent)}</span>,
      text: (s) => s.userAgent,
    },
    { key: 'actions', title: '', actions: true, render: (s) => <EndSession session={s} /> },
  ]
  return (
    <Page title={t('sessions')} subtitle={t(seesAll ? 'sessionsSubtitle' : 'ownSessionsSubtitle')}>
      <DataTable<Row>
        name="sessions"
        label={t('sessions')}
        columns={columns}
        rowKey={(s) => s.id}
        queryKey={accessQueries.sessions.queryKey}
        refreshMs={30_000}
        pageQuery={async (query, signal) =>
          localPage((await call(accessApi.sessions, { signal })).sessions, query, {
            text: (s) => `${s.displayName} ${s.address} ${s.userAgent}`,
            sorts: { displayName: (s) => s.displayName, lastSeenAt: (s) => s.lastSeenAt, startedAt: (s) => s.startedAt },
          })
        }
        defaultSort="-lastSeenAt"
      />
    </Page>
  )
}

function EndSession({ session }: { session: Row }) {
  const t = useWords('access')
  const { modal, message } = App.useApp()
  const client = useQueryClient()
  const manages = useCan('access.manageUsers')
  const own = useSession().person.id === session.personId
  const reason = session.current ? t('useLogOut') : own || manages ? undefined : t('ui:errors.notAllowed')
  const ask = () =>
    modal.confirm({
      title: t('endSessionTitle', { name: session.displayName }),
      content: t('endSessionText'),
      okText: t('endSession'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(accessApi.revokeSession, { params: { id: session.id } })
        } catch (error) {
          void message.error(errorText(error, t))
        }
        await client.invalidateQueries({ queryKey: accessQueries.sessions.queryKey })
      },
    })
  return (
    <Button type="link" size="small" danger disabled={reason !== undefined} title={reason} onClick={ask}>
      {t('endSession')}
    </Button>
  )
}
