import { useEffect } from 'react';
import { useGraphiQL } from '@graphiql/react';

import { filled } from '../../server/static/graphiql/fetcher.js';

// Writes known ids into the empty variables of the tab that is opened.
export function Variables() {
  const { editor, active } = useGraphiQL((state) => ({
    editor: state.variableEditor,
    active: state.activeTabIndex,
  }));
  useEffect(() => {
    try {
      const written = JSON.parse(editor?.getValue() || '{}');
      const known = filled(written);
      if (JSON.stringify(known) !== JSON.stringify(written)) editor.setValue(JSON.stringify(known, null, 2));
    } catch {
      // Half-written JSON is left to the person who writes it.
    }
  }, [editor, active]);
  return null;
}
