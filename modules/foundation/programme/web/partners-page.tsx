import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Space } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, download } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { DownloadButton } from '#ui/download-button.tsx'
import { formatDate, formatDateTime, formatText } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Partner, PartnerState, PartnerTier, programmeApi } from '../contract.ts'
import { Figures } from './figures.tsx'
import { InvitePartner } from './invite-partner.tsx'
import { CountedTag, connectionText, PartnerStateTag, tierText } from './partner-words.tsx'
import { programmeQueries } from './queries.ts'
import { EditRule } from './rule-modal.tsx'
import { TakeIn } from './take-in.tsx'
import { useChange } from './use-change.ts'
import './programme.css'

/** The leader's programme: who is in it, in which state, connected how. */
export function Component() {
  const t = useWords('programme')
  const canManage = useCan('programme.manage')
  const summary = useQuery(programmeQueries.summary)
  const [open, setOpen] = useState<'invite' | 'takeIn' | 'rule'>()
  const close = () => setOpen(undefined)
  return (
    <Page title={t('name')} subtitle={t('subtitle')} actions={canManage && <Actions onOpen={setOpen} />}>
      {summary.data && <Figures summary={summary.data} />}
      <Section title={t('rule')} extra={canManage && <Button onClick={() => setOpen('rule')}>{t('ruleEdit')}</Button>}>
        <p className="pg-rule ls-quiet">{summary.data && t('ruleText', { n: summary.data.minDays })}</p>
      </Section>
      <DataTable<Partner>
        name="programme"
        label={t('name')}
        columns={columnsOf(t)}
        rowKey={(partner) => partner.id}
        queryKey={['programme', 'list']}
        pageQuery={(query, signal) => call(programmeApi.partners, { query: query as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('searchHint')}
        filters={[
          { key: 'state', label: t('stateLabel'), options: PartnerState.options.map((value) => ({ value, label: t(`states.${value}`) })) },
          { key: 'tier', label: t('tierLabel'), options: PartnerTier.options.map((value) => ({ value, label: t(`tiers.${value}`) })) },
        ]}
        rowHref={(partner) => `/programme/partners/${partner.id}`}
        actions={<DownloadButton text={t('export')} fetchFile={() => download(programmeApi.annex, {})} />}
        empty={{ text: t('empty') }}
      />
      <InvitePartner open={open === 'invite'} onClose={close} />
      {open === 'takeIn' && <TakeIn onClose={close} />}
      {summary.data && <EditRule open={open === 'rule'} rule={summary.data} onClose={close} />}
    </Page>
  )
}

function Actions({ onOpen }: { onOpen: (what: 'invite' | 'takeIn') => void }) {
  const t = useWords('programme')
  const { modal } = App.useApp()
  const change = useChange()
  const links = async () => {
    const sure = await modal.confirm({
      title: t('downloadLinksTitle'),
      content: t('downloadLinksText'),
      okText: t('downloadLinks'),
      cancelText: t('ui:cancel'),
    })
    if (sure) await change(() => download(programmeApi.links, { query: { origin: location.origin } }))
  }
  return (
    <Space wrap>
      <DownloadButton text={t('downloadLinks')} fetchFile={links} />
      <Link to="/programme/import">
        <Button icon={<UploadOutlined aria-hidden />}>{t('import.open')}</Button>
      </Link>
      <Button onClick={() => onOpen('takeIn')}>{t('takeIn')}</Button>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => onOpen('invite')}>
        {t('invite')}
      </Button>
    </Space>
  )
}

function columnsOf(t: Words): Column<Partner>[] {
  const text = (of: (partner: Partner) => string | null) => ({
    render: (partner: Partner) => formatText(of(partner)),
    text: (partner: Partner) => of(partner) ?? '',
  })
  return [
    { key: 'name', title: t('partnerName'), sort: 'name', ...text((p) => p.name) },
    { key: 'state', title: t('stateLabel'), render: (p) => <PartnerStateTag state={p.state} />, text: (p) => t(`states.${p.state}`) },
    { key: 'tier', title: t('tierLabel'), ...text((p) => tierText(p.tier, t)) },
    {
      key: 'connected',
      title: t('connected'),
      ...text((p) => (p.countedUntil === null ? '' : connectionText(p.connections, t))),
    },
    {
      key: 'counted',
      title: t('countedLabel'),
      render: (p) => <CountedTag partner={p} />,
      text: (p) => t(p.counted ? 'counted' : 'notCounted'),
    },
    { key: 'contractNo', title: t('contractNo'), ...text((p) => p.contractNo) },
    { key: 'creditCode', title: t('creditCode'), hidden: true, ...text((p) => p.creditCode) },
    { key: 'contact', title: t('contact'), hidden: true, ...text((p) => [p.contactName, p.contactPhone].filter(Boolean).join(' ')) },
    { key: 'delivers', title: t('delivers'), hidden: true, ...text((p) => p.delivers) },
    { key: 'admittedOn', title: t('admittedOn'), ...text((p) => p.admittedOn && formatDate(p.admittedOn)) },
    { key: 'createdAt', title: t('createdAt'), sort: 'createdAt', hidden: true, ...text((p) => formatDateTime(p.createdAt)) },
  ]
}
