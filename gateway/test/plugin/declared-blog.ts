// A gateway with plugins of the test's own in front of one service, and what its clients need.
import type { RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { parseDeclaration } from '../../src/declaration/declaration.ts';
import { DeclarationError } from '../../src/declaration/errors.ts';
import { pluginKinds } from '../../src/module.ts';
import {
  type Declared,
  type DeclaredOptions,
  echo,
  openDeclared,
  openUpstream,
  type Upstream,
} from '../fixture.ts';

/** The gateway and the service behind it. */
export interface DeclaredBlog extends Declared {
  readonly blog: Upstream;
}

/** A declaration with one service, `blog`, and these plugins on every route; JSON is YAML too. */
export function blogDeclaration(plugins: readonly object[], routes: readonly object[] = []): string {
  return JSON.stringify({
    _format_version: '3.0',
    services: [
      {
        name: 'blog',
        url: 'http://blog:8000',
        routes: [{ name: 'blog', paths: ['~/blog(?:/|$)'] }, ...routes],
      },
    ],
    plugins,
  });
}

/** Opens a gateway with these plugins on the service `blog`. */
export async function openBlog(
  t: TestContext,
  plugins: readonly object[],
  { listener = echo, ...options }: DeclaredOptions & { listener?: RequestListener } = {},
): Promise<DeclaredBlog> {
  const blog = await openUpstream(listener);
  t.after(() => blog.close());
  const hostMap = `blog:8000=127.0.0.1:${blog.port}${options.hostMap ? `,${options.hostMap}` : ''}`;
  return { ...(await openDeclared(t, blogDeclaration(plugins), { ...options, hostMap })), blog };
}

/** What is wrong with a plugin's config: the complaints, without file and line. */
export function complaintsOf(name: string, config: object): string[] {
  try {
    parseDeclaration(blogDeclaration([{ name, config }]), 'kong.yml', pluginKinds);
    return [];
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.complaints.map((complaint) =>
      complaint.replace(/^kong\.yml:\d+: plugins\[0\]\.config\.?/, ''),
    );
  }
}
