import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { useSession } from '#ui/session.ts'
import { type OpenedSandbox, sandboxApi } from '../sandbox-contract.ts'

/** The organisation's place for trying out the API. */
export function Component() {
  const t = useWords('integration')
  const session = useSession()
  const query = useQuery({ queryKey: ['integration', 'sandbox'], queryFn: ({ signal }) => call(sandboxApi.sandbox, { signal }) })
  const [opened, setOpened] = useState<OpenedSandbox>()
  return (
    <Page title={t('sandbox.title')} subtitle={t('sandbox.subtitle')}>
      {session.organisation.sandbox ? (
        <Alert type="info" showIcon title={t('sandbox.within')} />
      ) : (
        <Loaded query={query}>
          {({ sandbox }) =>
            sandbox ? (
              <Section title={sandbox.name} extra={<Present orgId={sandbox.organisationId} onOpened={setOpened} />}>
                <DetailGrid
                  items={[
                    { label: t('sandbox.code'), value: sandbox.code },
                    { label: t('sandbox.since'), value: formatDateTime(sandbox.createdAt) },
                  ]}
                />
              </Section>
            ) : (
              <Section title={t('sandbox.none')}>
                <p className="ls-quiet">{t('sandbox.noneText')}</p>
                <OpenButton onOpened={setOpened} />
              </Section>
            )
          }
        </Loaded>
      )}
      <Secrets opened={opened} onClose={() => setOpened(undefined)} />
    </Page>
  )
}

type OnOpened = (opened: OpenedSandbox) => void

function useOpening(onOpened: OnOpened) {
  const t = useWords('integration')
  const { message } = App.useApp()
  const client = useQueryClient()
  const [running, setRunning] = useState(false)
  const run = async (open: () => Promise<OpenedSandbox>) => {
    setRunning(true)
    try {
      onOpened(await open())
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setRunning(false)
      await client.invalidateQueries({ queryKey: ['integration', 'sandbox'] })
      await client.invalidateQueries({ queryKey: ['session'] })
    }
  }
  return { running, run }
}

function OpenButton({ onOpened }: { onOpened: OnOpened }) {
  const t = useWords('integration')
  const { running, run } = useOpening(onOpened)
  return (
    <Button type="primary" loading={running} onClick={() => void run(() => call(sandboxApi.openSandbox))}>
      {t('sandbox.open')}
    </Button>
  )
}

function Present({ orgId, onOpened }: { orgId: OpenedSandbox['organisationId']; onOpened: OnOpened }) {
  const t = useWords('integration')
  const { message } = App.useApp()
  const session = useSession()
  const { running, run } = useOpening(onOpened)
  const change = async () => {
    try {
      await call(accessApi.switchOrganisation, { body: { orgId } })
      location.assign('/')
    } catch (error) {
      void message.error(errorText(error, t))
    }
  }
  return (
    <>
      {session.memberships.some((one) => one.orgId === orgId) && (
        <Button type="primary" onClick={() => void change()}>
          {t('sandbox.switchTo')}
        </Button>
      )}
      <Popconfirm
        title={t('sandbox.resetTitle')}
        description={<div style={{ maxWidth: 320 }}>{t('sandbox.resetText')}</div>}
        okText={t('sandbox.reset')}
        okButtonProps={{ danger: true }}
        cancelText={t('ui:cancel')}
        onConfirm={() => run(() => call(sandboxApi.resetSandbox))}
      >
        <Button danger loading={running}>
          {t('sandbox.reset')}
        </Button>
      </Popconfirm>
    </>
  )
}

function Secrets({ opened, onClose }: { opened: OpenedSandbox | undefined; onClose: () => void }) {
  const t = useWords('integration')
  if (!opened) return null
  const facts = [
    { label: t('sandbox.clientId'), value: opened.client.clientId },
    { label: t('sandbox.clientSecret'), value: opened.client.clientSecret },
    { label: t('sandbox.deviceUser'), value: opened.device.userName },
    { label: t('sandbox.deviceSecret'), value: opened.device.secret },
  ]
  return (
    <Modal
      open
      title={t('sandbox.opened')}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      width={640}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('sandbox.kept')}
        </Button>
      }
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('sandbox.secretOnce')} />
      <DetailGrid
        items={facts.map(({ label, value }) => ({
          label,
          value: <code style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>{value}</code>,
          wide: true,
        }))}
      />
    </Modal>
  )
}
