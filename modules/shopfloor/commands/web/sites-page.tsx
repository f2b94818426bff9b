import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { commandsApi, type SiteSwitch } from '../contract.ts'
import { commandQueries } from './queries.ts'
import './commands.css'

/** Whether anything may be written at all, by plant. */
export function Component() {
  const t = useWords('commands')
  const query = useQuery(commandQueries.sites)
  return (
    <Page title={t('sitesTitle')} subtitle={t('sitesHint')} breadcrumbs={[{ label: t('menu.commands'), path: '/commands' }]}>
      <Loaded query={query}>{({ sites }) => <Sites sites={sites} />}</Loaded>
    </Page>
  )
}

function Sites({ sites }: { sites: SiteSwitch[] }) {
  const t = useWords('commands')
  const locale = useLocale()
  const maySwitch = useCan('commands.switchSites')
  const [switching, setSwitching] = useState<SiteSwitch>()
  if (sites.length === 0) return <p className="ls-quiet">{t('noSites')}</p>
  return (
    <Section>
      <ul className="cm-list">
        {sites.map((site) => (
          <li key={site.siteId}>
            <div>
              <b>{nameIn(locale, site.name, site.nameEn)}</b>{' '}
              <StatusTag tone={site.on ? 'good' : 'neutral'}>{t(site.on ? 'siteOn' : 'siteIsOff')}</StatusTag>
              {site.changedAt && (
                <div className="ls-quiet">
                  {formatDateTime(site.changedAt)} · {site.changedBy} · {site.reason}
                </div>
              )}
            </div>
            <Button danger={site.on} disabled={!maySwitch} title={maySwitch ? '' : t('maySwitchHint')} onClick={() => setSwitching(site)}>
              {t(site.on ? 'switchOff' : 'switchOn')}
            </Button>
          </li>
        ))}
      </ul>
      {switching && <SwitchForm site={switching} onClose={() => setSwitching(undefined)} />}
    </Section>
  )
}

function SwitchForm({ site, onClose }: { site: SiteSwitch; onClose: () => void }) {
  const t = useWords('commands')
  const client = useQueryClient()
  const name = nameIn(useLocale(), site.name, site.nameEn)
  const refresh = () => client.invalidateQueries({ queryKey: ['commands'] })
  return (
    <EditModal<{ reason: string }>
      open
      title={t(site.on ? 'switchOffTitle' : 'switchOnTitle', { site: name })}
      submitText={t(site.on ? 'switchOff' : 'switchOn')}
      danger={site.on}
      successText={t('switched')}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async ({ reason }) => {
        await call(commandsApi.switchSite, { params: { siteId: site.siteId }, body: { on: !site.on, reason, version: site.version } })
        await refresh()
      }}
    >
      <p>{t(site.on ? 'switchOffText' : 'switchOnText')}</p>
      <Form.Item name="reason" label={t('switchReason')} rules={[{ required: true, min: 2, message: t('needPurpose') }]}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
    </EditModal>
  )
}
