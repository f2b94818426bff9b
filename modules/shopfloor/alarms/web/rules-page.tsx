import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, download } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { DownloadButton } from '#ui/download-button.tsx'
import { EMPTY } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { conditionText } from '../condition-text.ts'
import { type AlarmRule, alarmsApi, Priority } from '../contract.ts'
import { AlarmTabs } from './alarm-tabs.tsx'
import { PriorityTag } from './alarm-words.tsx'
import { RuleEditor } from './rule-editor.tsx'

/** 告警规则: the master alarm database. */
export function Component() {
  const t = useWords('alarms')
  const locale = useLocale()
  const canManage = useCan('alarms.manage')
  const [edited, setEdited] = useState<AlarmRule | 'new'>()
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('rule.add')}
    </Button>
  )
  return (
    <Page title={t('menu.console')} subtitle={t('tabs.rules')} actions={add}>
      <AlarmTabs>
        <div className="al-tools">
          {canManage && (
            <Link to="/alarms/rules/import">
              <Button icon={<UploadOutlined aria-hidden />}>{t('rule.import')}</Button>
            </Link>
          )}
          <DownloadButton text={t('exportExcel')} fetchFile={() => download(alarmsApi.exportRules, {})} />
        </div>
      </AlarmTabs>
      <DataTable<AlarmRule>
        name="alarm-rules"
        label={t('tabs.rules')}
        columns={columnsOf(t, locale)}
        rowKey={(rule) => rule.id}
        queryKey={['alarms', 'rules']}
        pageQuery={(query, signal) => call(alarmsApi.rules, { query: query as never, signal })}
        defaultSort="name"
        searchHint={t('searchHint')}
        filters={[
          { key: 'priority', label: t('priority'), options: Priority.options.map((value) => ({ value, label: t(`priorities.${value}`) })) },
        ]}
        {...(canManage ? { onOpen: setEdited } : {})}
        empty={{ text: t('empty.rules'), action: add }}
      />
      {edited && <RuleEditor rule={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </Page>
  )
}

function columnsOf(t: Words, locale: PageLocale): Column<AlarmRule>[] {
  const name = (rule: AlarmRule) => nameIn(locale, rule.name, rule.nameEn)
  const of = (rule: AlarmRule) =>
    rule.deviceId
      ? nameIn(locale, rule.ofName, rule.ofNameEn)
      : t('rule.devicesOf', { name: nameIn(locale, rule.ofName, rule.ofNameEn), n: rule.devices })
  const point = (rule: AlarmRule) => (rule.point ? nameIn(locale, rule.point.label, rule.point.labelEn) : rule.pointName)
  const condition = (rule: AlarmRule) => conditionText(rule.condition, rule.point, t)
  return [
    {
      key: 'priority',
      title: t('priority'),
      sort: 'priority',
      width: 92,
      render: (rule) => <PriorityTag priority={rule.priority} />,
      text: (rule) => t(`priorities.${rule.priority}`),
    },
    { key: 'name', title: t('alarm'), sort: 'name', primary: true, render: name, text: name },
    { key: 'of', title: t('rule.of'), render: of, text: of },
    { key: 'point', title: t('point'), render: point, text: point },
    { key: 'condition', title: t('rule.condition'), render: condition, text: condition },
    {
      key: 'onDelay',
      title: t('rule.onDelayS'),
      align: 'right',
      render: (rule) => rule.onDelayS || EMPTY,
      text: (rule) => rule.onDelayS,
    },
    { key: 'response', title: t('rule.response'), render: (rule) => rule.response || EMPTY, text: (rule) => rule.response },
  ]
}
