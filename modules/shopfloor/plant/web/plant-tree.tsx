import { SearchOutlined } from '@ant-design/icons'
import { Input, Tree } from 'antd'
import { type Key, useMemo, useState } from 'react'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import type { PlantNode } from '../contract.ts'
import { openFor, type TreeEntry, treeOf } from './tree-data.ts'

interface TreeItem {
  key: string
  title: React.ReactNode
  children: TreeItem[]
}

export function PlantTree(props: { nodes: PlantNode[]; selected: string | undefined; onSelect: (id: string) => void }) {
  const t = useWords('plant')
  const locale = useLocale()
  const [text, setText] = useState('')
  const needle = text.trim().toLowerCase()
  const { found, open } = useMemo(
    () =>
      openFor(props.nodes, (node) =>
        needle === '' ? node.id === props.selected : `${node.code} ${node.name} ${node.nameEn ?? ''}`.toLowerCase().includes(needle),
      ),
    [props.nodes, needle, props.selected],
  )
  const top = useMemo(
    () => props.nodes.filter((n) => n.level === 'enterprise' || n.level === 'site').map((n) => n.id as string),
    [props.nodes],
  )
  const [toggled, setToggled] = useState<Key[] | null>(null)
  const expanded = needle === '' ? (toggled ?? [...new Set([...top, ...open])]) : [...open]
  const items = useMemo(
    () => treeOf(props.nodes).map((entry) => itemOf(entry, locale, t, needle === '' ? null : found)),
    [props.nodes, locale, t, needle, found],
  )
  return (
    <>
      <Input
        allowClear
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('searchPlace')}
        aria-label={t('searchPlace')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {needle !== '' && found.size === 0 && <p className="ls-quiet">{t('ui:table.nothingFound')}</p>}
      <Tree<TreeItem>
        className="pl-tree"
        blockNode
        treeData={items}
        selectedKeys={props.selected ? [props.selected] : []}
        expandedKeys={expanded}
        onExpand={(keys) => setToggled(keys)}
        onSelect={(keys) => {
          const id = keys[0]
          if (id !== undefined) props.onSelect(String(id))
        }}
      />
    </>
  )
}

/** While something is searched, what does not match is faint. */
function itemOf(entry: TreeEntry, locale: PageLocale, t: Words, found: ReadonlySet<string> | null): TreeItem {
  const { node } = entry
  return {
    key: node.id,
    title: (
      <span className={found && !found.has(node.id) ? 'pl-place pl-faint' : 'pl-place'}>
        <span className="pl-level">{t(`levels.${node.level}`)}</span>
        <span className="pl-name">{nameIn(locale, node.name, node.nameEn)}</span>
        <span className="ls-quiet">{node.code}</span>
        {node.retiredAt && <StatusTag tone="neutral">{t('retired')}</StatusTag>}
      </span>
    ),
    children: entry.children.map((child) => itemOf(child, locale, t, found)),
  }
}
