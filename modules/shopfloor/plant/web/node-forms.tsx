import { useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Select, TimePicker, TreeSelect } from 'antd'
import type { Dayjs } from 'dayjs'
import { call } from '#ui/api.ts'
import { EditModal, schemaRule } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Panels } from '#ui/panels.tsx'
import { PlantCode, type PlantNode, type PlantNodeId, plantApi } from '../contract.ts'
import { allowedBelow, type Level } from '../levels.ts'
import { minuteOf, timeOf } from './minute-of-day.ts'
import { countBelow, type TreeEntry, treeOf } from './tree-data.ts'

export const timeZones: readonly string[] = Intl.supportedValuesOf('timeZone')

const fieldOfCode = { 'plant.codeTaken': 'code', 'plant.levelNotAllowed': 'level' }

interface NodeValues {
  level: Level
  code: string
  name: string
  nameEn?: string | null
  timeZone?: string
  dayStart?: Dayjs
}

export function CreateNode(props: {
  parent: PlantNode | null
  open: boolean
  suggestion?: { code: string; name: string; nameEn: string | null }
  onClose: () => void
  onCreated: (id: string) => void
}) {
  const t = useWords('plant')
  const client = useQueryClient()
  const levels = allowedBelow(props.parent?.level ?? null)
  const [level] = levels
  return (
    <EditModal<NodeValues>
      open={props.open}
      title={props.parent ? t('addBelowTitle', { name: props.parent.name }) : t('createEnterprise')}
      initialValues={{ ...(level ? { level } : {}), timeZone: 'Asia/Shanghai', dayStart: timeOf(8 * 60), ...props.suggestion }}
      allowUnchanged={props.suggestion !== undefined}
      fieldOfCode={fieldOfCode}
      onClose={props.onClose}
      onSubmit={async (values) => {
        const made = await call(plantApi.createNode, {
          body: {
            parentId: props.parent?.id ?? null,
            level: values.level,
            code: values.code,
            name: values.name,
            nameEn: values.nameEn || null,
            ...(values.level === 'site' && values.timeZone ? { timeZone: values.timeZone } : {}),
            ...(values.level === 'site' && values.dayStart ? { dayStartMinute: minuteOf(values.dayStart) } : {}),
          },
        })
        await client.invalidateQueries({ queryKey: ['plant'] })
        props.onCreated(made.id)
      }}
    >
      <Form.Item name="level" label={t('level')} rules={[{ required: true }]} hidden={levels.length < 2}>
        <Select options={levels.map((value) => ({ value, label: t(`levels.${value}`) }))} />
      </Form.Item>
      <NameFields />
      <Form.Item noStyle dependencies={['level']}>
        {({ getFieldValue }) => (getFieldValue('level') === 'site' ? <SiteFields /> : null)}
      </Form.Item>
    </EditModal>
  )
}

function SiteFields() {
  const t = useWords('plant')
  return (
    <>
      <Form.Item name="timeZone" label={t('timeZone')} rules={[{ required: true }]}>
        <Select showSearch options={timeZones.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="dayStart" label={t('dayStart')} extra={t('dayStartHint')} rules={[{ required: true }]}>
        <TimePicker format="HH:mm" needConfirm={false} allowClear={false} />
      </Form.Item>
    </>
  )
}

function NameFields() {
  const t = useWords('plant')
  return (
    <>
      <Form.Item name="code" label={t('code')} extra={t('codeHint')} rules={[{ required: true }, schemaRule(PlantCode, t, t('codeHint'))]}>
        <Input autoFocus maxLength={40} placeholder="WS-01" autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="name" label={t('nodeName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
    </>
  )
}

export function RenameNode({ node, open, onClose }: { node: PlantNode; open: boolean; onClose: () => void }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant'] })
  return (
    <EditModal<NodeValues>
      open={open}
      title={t('renameTitle', { name: node.name })}
      initialValues={{ code: node.code, name: node.name, nameEn: node.nameEn }}
      fieldOfCode={fieldOfCode}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async ({ code, name, nameEn }) => {
        await call(plantApi.updateNode, { params: { id: node.id }, body: { version: node.version, code, name, nameEn: nameEn || null } })
        await refresh()
      }}
    >
      <NameFields />
    </EditModal>
  )
}

export function MoveNode({ node, nodes, open, onClose }: { node: PlantNode; nodes: PlantNode[]; open: boolean; onClose: () => void }) {
  const t = useWords('plant')
  const locale = useLocale()
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant'] })
  const sameSite = nodes.filter((n) => n.siteId === node.siteId && n.retiredAt === null && n.id !== node.id)
  const optionOf = ({ node: place, children }: TreeEntry): { value: string; title: string; disabled: boolean; children: object[] } => ({
    value: place.id,
    title: `${nameIn(locale, place.name, place.nameEn)}（${t(`levels.${place.level}`)}）`,
    disabled: !allowedBelow(place.level).includes(node.level) || place.id === node.parentId,
    children: children.map(optionOf),
  })
  return (
    <EditModal<{ parentId: PlantNodeId }>
      open={open}
      title={t('moveTitle', { name: node.name })}
      initialValues={{}}
      onClose={onClose}
      onReload={() => void refresh()}
      fieldOfCode={{ 'plant.cycle': 'parentId', 'plant.levelNotAllowed': 'parentId', 'plant.otherSite': 'parentId' }}
      onSubmit={async ({ parentId }) => {
        await call(plantApi.moveNode, { params: { id: node.id }, body: { version: node.version, parentId } })
        await refresh()
      }}
    >
      <Alert type="info" showIcon className="ls-form-failure" title={t('moveText', { n: countBelow(nodes, node.id) })} />
      <Form.Item name="parentId" label={t('moveTo')} rules={[{ required: true }]}>
        <TreeSelect treeData={treeOf(sameSite).map(optionOf)} treeDefaultExpandAll showSearch={{ treeNodeFilterProp: 'title' }} />
      </Form.Item>
    </EditModal>
  )
}

/** Says what will happen and to how many; what stands there is shown by those who know it. */
export function RetireNode({ node, nodes, open, onClose }: { node: PlantNode; nodes: PlantNode[]; open: boolean; onClose: () => void }) {
  const t = useWords('plant')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['plant'] })
  const below = countBelow(nodes, node.id) - 1
  return (
    <EditModal<object>
      open={open}
      title={t('retireTitle', { name: node.name })}
      submitText={t('retire')}
      danger
      successText={t('retiredDone', { name: node.name })}
      width={640}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async () => {
        await call(plantApi.retireNode, { params: { id: node.id }, body: { version: node.version } })
        await refresh()
      }}
    >
      <Alert
        type="warning"
        showIcon
        className="ls-form-failure"
        title={below > 0 ? t('retireTextBelow', { n: below }) : t('retireText')}
        description={t('retireKept')}
      />
      {open && node.level !== 'enterprise' && <Panels slot="plant.node" props={{ nodeId: node.id, brief: true }} />}
    </EditModal>
  )
}
