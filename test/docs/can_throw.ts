import ts from 'typescript';

/**
 * Says of declarations whether what they declare can throw: by itself, or by calling what can. Calls
 * by way of a table or an interface are not followed, and nothing counts that is caught.
 */
export function throwing(checker: ts.TypeChecker): (declaration: ts.Node) => boolean {
  const known = new Map<ts.Node, boolean>();
  return canThrow;

  function canThrow(declaration: ts.Node): boolean {
    const before = known.get(declaration);
    if (before !== undefined) return before;
    // So that recursion ends.
    known.set(declaration, false);
    const found = bodiesOf(declaration).some(throwsWithin);
    known.set(declaration, found);
    return found;
  }

  function throwsWithin(node: ts.Node): boolean {
    if (ts.isThrowStatement(node)) return true;
    const called = calledBy(node);
    if (called !== undefined && canThrow(called)) return true;
    const caught = ts.isTryStatement(node) && node.catchClause ? node.tryBlock : null;
    return ts.forEachChild(node, (child) => child !== caught && throwsWithin(child)) ?? false;
  }

  /** What a node calls: a function, a constructor or a getter. */
  function calledBy(node: ts.Node): ts.Node | undefined {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      return checker.getResolvedSignature(node)?.declaration;
    }
    if (!ts.isPropertyAccessExpression(node)) return undefined;
    return checker.getSymbolAtLocation(node)?.declarations?.find(ts.isGetAccessor);
  }
}

/** The body of a function, also of one that is the value of a variable or of an entry. */
function bodiesOf(node: ts.Node): ts.Node[] {
  if (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) {
    return node.initializer === undefined ? [] : bodiesOf(node.initializer);
  }
  const {body} = node as ts.FunctionLikeDeclaration;
  return ts.isFunctionLike(node) && body !== undefined ? [body] : [];
}
