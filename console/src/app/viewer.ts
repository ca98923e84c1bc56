import { createContext, useContext } from 'react';
import type { AccessRight, ConsoleViewerQuery } from '@ledgate/client/documents';

export type Viewer = NonNullable<ConsoleViewerQuery['viewer']>;

export const ViewerContext = createContext<Viewer | undefined>(undefined);

/** Who looks at the page; undefined until the server has said. */
export function useViewer(): Viewer | undefined {
  return useContext(ViewerContext);
}

/** Whether the caller has a right. */
export function useMay(): (right: AccessRight) => boolean {
  const viewer = useViewer();
  return (right) => viewer?.rights.includes(right) ?? false;
}
