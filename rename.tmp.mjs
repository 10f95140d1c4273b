// usage: node rename.mjs MAP   lines: file symbol newName   (or file symbol.member newName)
import ts from 'typescript'; import fs from 'node:fs'; import path from 'node:path';
const root=process.cwd();
const cfg=ts.getParsedCommandLineOfConfigFile('tsconfig.json',{}, {...ts.sys,onUnRecoverableConfigFileDiagnostic(){}} );
const versions=new Map(); const contents=new Map();
const read=f=>{ if(!contents.has(f)) contents.set(f,fs.existsSync(f)?fs.readFileSync(f,'utf8'):undefined); return contents.get(f)};
const host={getScriptFileNames:()=>cfg.fileNames,getScriptVersion:f=>String(versions.get(f)||0),getScriptSnapshot:f=>{const c=read(f);return c===undefined?undefined:ts.ScriptSnapshot.fromString(c)},getCurrentDirectory:()=>root,getCompilationSettings:()=>cfg.options,getDefaultLibFileName:ts.getDefaultLibFilePath,fileExists:ts.sys.fileExists,readFile:ts.sys.readFile,readDirectory:ts.sys.readDirectory,directoryExists:ts.sys.directoryExists,getDirectories:ts.sys.getDirectories};
const ls=ts.createLanguageService(host);
const changed=new Set();
for(const line of fs.readFileSync(process.argv[2],'utf8').split('\n')){
  const [file,sym,to]=line.split('#')[0].trim().split(/\s+/); if(!to) continue;
  const f=path.resolve(file); const src=ls.getProgram().getSourceFile(f);
  if(!src){console.log('NO FILE',file);continue}
  const parts=sym.split('.'); let pos=-1;
  const find=(node,name)=>{let r; const visit=n=>{ if(r)return; if(n.name&&ts.isIdentifier(n.name)&&n.name.text===name&&(ts.isFunctionDeclaration(n)||ts.isVariableDeclaration(n)||ts.isInterfaceDeclaration(n)||ts.isTypeAliasDeclaration(n)||ts.isClassDeclaration(n)||ts.isPropertySignature(n)||ts.isMethodSignature(n)||ts.isMethodDeclaration(n)||ts.isPropertyDeclaration(n)||ts.isParameter(n)||ts.isPropertyAssignment(n)||ts.isBindingElement(n))){r=n;return} ts.forEachChild(n,visit)}; ts.forEachChild(node,visit); return r};
  let node=src; for(const p of parts){node=node&&find(node,p)}
  if(!node){console.log('NOT FOUND',line);continue}
  pos=node.name.getStart(src);
  const locs=ls.findRenameLocations(f,pos,false,false,{providePrefixAndSuffixTextForRename:true})||[];
  if(!locs.length){console.log('NO LOCATIONS',line);continue}
  const by=new Map(); for(const l of locs){ if(l.fileName.includes('node_modules'))continue; (by.get(l.fileName)||by.set(l.fileName,[]).get(l.fileName)).push(l)}
  for(const [fn,ls_] of by){ let c=read(fn); for(const l of ls_.sort((a,b)=>b.textSpan.start-a.textSpan.start)){
      // imports and exports: rename throughout instead of aliasing
      c=c.slice(0,l.textSpan.start)+(l.prefixText||'')+to+(l.suffixText||'')+c.slice(l.textSpan.start+l.textSpan.length)} contents.set(fn,c); versions.set(fn,(versions.get(fn)||0)+1); changed.add(fn)}
  const old=parts[parts.length-1];
  for(const fn of by.keys()){ for(let k=0;k<5;k++){ const c=read(fn); const m=new RegExp('\\b'+to+' as '+old+'\\b').exec(c); if(!m)break; const p2=m.index+to.length+4; const ls2=ls.findRenameLocations(fn,p2,false,false,{providePrefixAndSuffixTextForRename:true})||[]; let d=c; for(const l of ls2.filter(l=>l.fileName===fn).sort((a,b)=>b.textSpan.start-a.textSpan.start)) d=d.slice(0,l.textSpan.start)+(l.prefixText||'')+to+(l.suffixText||'')+d.slice(l.textSpan.start+l.textSpan.length); d=d.replaceAll(new RegExp('\\b'+to+' as '+to+'\\b','g'),to).replaceAll(new RegExp('\\b'+to+': '+to+'\\b(?=[,} ])','g'),to); if(d===c)break; contents.set(fn,d); versions.set(fn,(versions.get(fn)||0)+1) } }
  console.log(sym,'->',to,locs.length,'places',by.size,'files');
}
for(const f of changed) fs.writeFileSync(f,contents.get(f));
