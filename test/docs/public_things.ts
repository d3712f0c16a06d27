import ts from 'typescript';

/** Something that users of a package can name, and what its docstring says. */
export interface PublicThing {
  /** `convert`, `Monitor.setModel`, `inversions.output`, `Inverted.errors.kept`. */
  name: string;
  /** First its own; then, of an entry of a table, that of the function or object that it is. */
  declarations: ts.Declaration[];
  /** The text before the tags; null for a constructor, which is described by its class. */
  summary: string | null;
  /** What its `@throws` say, those of its class, and of the exports that it links to. */
  throws: string;
  /** What is said of the parameters, where it is a function that neither tfjs nor a type describes. */
  parameters: Array<[name: string, text: string]>;
  /** What is said of the result of such a function; null where there is none. */
  returns: string | null;
}

/** All that a module exports, and what is public within. */
export function publicThings(program: ts.Program, entry: string): PublicThing[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile);
  const exported = checker.getExportsOfModule(module as ts.Symbol).map(original);
  return exported.flatMap((symbol) => [thing(symbol.name, [symbol]), ...within(symbol)]);

  /** What was declared, not its import or export. */
  function original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  function symbolOf(node: ts.Node): ts.Symbol {
    return original(checker.getSymbolAtLocation(node) as ts.Symbol);
  }

  function within(symbol: ts.Symbol): PublicThing[] {
    const [declaration] = symbol.declarations as ts.Declaration[];
    if (ts.isClassDeclaration(declaration)) {
      return [...(symbol.exports?.values() ?? []), ...(symbol.members?.values() ?? [])]
        .filter(({declarations = []}) => declarations.some(isPublic))
        .map((member) => {
          const name = member.name === '__constructor' ? 'constructor' : member.name;
          return thing(`${symbol.name}.${name}`, [member], [symbol]);
        });
    }
    if (ts.isVariableDeclaration(declaration)) {
      const entries = checker.getTypeOfSymbol(symbol).getProperties();
      return entries.map((entry) =>
        thing(`${symbol.name}.${entry.name}`, [entry, ...valuesOf(entry)]),
      );
    }
    return fieldsIn(declaration).map((field) =>
      thing(`${symbol.name}.${pathOf(field)}`, [symbolOf(field.name)]),
    );
  }

  /** What stands behind an entry of a table, where that has a name. */
  function valuesOf({declarations = []}: ts.Symbol): ts.Symbol[] {
    return declarations.flatMap((entry) => {
      if (ts.isShorthandPropertyAssignment(entry)) {
        return original(checker.getShorthandAssignmentValueSymbol(entry) as ts.Symbol);
      }
      const isNamed = ts.isPropertyAssignment(entry) && ts.isIdentifier(entry.initializer);
      return isNamed ? symbolOf(entry.initializer) : [];
    });
  }

  function thing(name: string, symbols: ts.Symbol[], above: ts.Symbol[] = []): PublicThing {
    const declarations = symbols.flatMap((symbol) => symbol.declarations ?? []);
    const [declaration] = declarations;
    const summary = symbols.map(textOf).find((text) => text !== '') ?? '';
    const links = [...summary.matchAll(/\{@link (\w+)\}/g)].map(([, link]) => link);
    const linked = exported.filter((other) => links.includes(other.name));
    const signature = isDescribedHere(declaration) ? declaration : null;
    return {
      name,
      declarations,
      summary: ts.isConstructorDeclaration(declaration) ? null : summary,
      throws: [...symbols, ...above, ...linked].map((symbol) => tag(symbol, 'throws')).join('\n'),
      parameters: (signature?.parameters ?? []).map((parameter, i) => [
        ts.isIdentifier(parameter.name) ? parameter.name.text : `number ${i + 1}`,
        ts
          .getJSDocParameterTags(parameter)
          .map(({comment}) => comment ?? '')
          .join(),
      ]),
      returns: signature && hasResult(signature) ? tag(symbols[0], 'returns') : null,
    };
  }

  function textOf(symbol: ts.Symbol): string {
    return ts.displayPartsToString(symbol.getDocumentationComment(checker));
  }

  function tag(symbol: ts.Symbol, wanted: string): string {
    const tags = symbol.getJsDocTags(checker).filter(({name}) => name === wanted);
    return tags.map(({text}) => ts.displayPartsToString(text)).join('\n');
  }

  function hasResult(declaration: ts.SignatureDeclaration): boolean {
    if (ts.isConstructorDeclaration(declaration)) return false;
    const type = checker.getReturnTypeOfSignature(
      checker.getSignatureFromDeclaration(declaration) as ts.Signature,
    );
    return !(type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Never));
  }
}

/** Whether it is a function that is neither an override nor the method of an interface. */
function isDescribedHere(node: ts.Node): node is ts.SignatureDeclaration {
  if (ts.isConstructorDeclaration(node) || ts.isFunctionDeclaration(node)) return true;
  return (
    ts.isMethodDeclaration(node) &&
    !node.modifiers?.some(({kind}) => kind === ts.SyntaxKind.OverrideKeyword) &&
    ts.getJSDocCommentsAndTags(node).length > 0
  );
}

function isPublic(node: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return ts.isClassElement(node) && !(ts.getCombinedModifierFlags(node) & hidden);
}

type Field = ts.PropertySignature | ts.MethodSignature;

function isField(node: ts.Node): node is Field {
  return ts.isPropertySignature(node) || ts.isMethodSignature(node);
}

/** The fields of an interface or of a type, and those of types within it. */
function fieldsIn(node: ts.Node): Field[] {
  const fields: Field[] = isField(node) ? [node] : [];
  ts.forEachChild(node, (child) => void fields.push(...fieldsIn(child)));
  return fields;
}

function pathOf(field: Field): string {
  const outer = ts.findAncestor(field.parent, isField);
  return outer === undefined ? field.name.getText() : `${pathOf(outer)}.${field.name.getText()}`;
}
